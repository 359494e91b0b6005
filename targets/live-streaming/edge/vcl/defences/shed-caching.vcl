vcl 4.1;
# A refusal is cached. A fill node gives its remaining lifetime, the origin the full one.
import std;
sub keep_refusal {
  if (beresp.http.X-Ttl-Ms) { set beresp.ttl = std.duration(beresp.http.X-Ttl-Ms + "ms", 0s); }
  else {
    set beresp.ttl =
      std.duration(regsub(beresp.http.Cache-Control, "^.*max-age=([0-9]+).*$", "\1s"), 1s);
  }
}
