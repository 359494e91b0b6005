vcl 4.1;
# A cache without milliseconds: whole seconds, rounded up.
import std;
sub keep_answer {
  set beresp.ttl = std.duration(std.integer(beresp.http.X-Ttl-Ms, 0) / 1000 + 1 + "s", 1s);
}
