vcl 4.1;
# A refusal is kept. A fill node says what is left of its time; the origin says all of it.
import std;
sub keep_refusal {
  if (beresp.http.X-Ttl-Ms) { set beresp.ttl = std.duration(beresp.http.X-Ttl-Ms + "ms", 0s); }
  else {
    set beresp.ttl =
      std.duration(regsub(beresp.http.Cache-Control, "^.*max-age=([0-9]+).*$", "\1s"), 1s);
  }
}
