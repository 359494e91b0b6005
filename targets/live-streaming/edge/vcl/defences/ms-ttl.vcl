vcl 4.1;
# An answer is kept to the millisecond, so that a segment is seen the moment it exists.
import std;
sub keep_answer { set beresp.ttl = std.duration(beresp.http.X-Ttl-Ms + "ms", 0s); }
