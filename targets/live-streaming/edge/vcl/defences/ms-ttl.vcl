vcl 4.1;
# Lifetimes have milliseconds, so that a segment is visible the moment it exists.
import std;
sub keep_answer { set beresp.ttl = std.duration(beresp.http.X-Ttl-Ms + "ms", 0s); }
