vcl 4.1;
# An operator's commands to a node, protected by a token. They use the viewers' port, because
# Varnish interprets requests on no other.

import std;
import var;

sub control {
  call authorise;
  if (req.method == "DRAIN") {
    # Viewers are asked to reconnect elsewhere; a load balancer sees "not ready".
    var.global_set("draining", "1");
    var.global_set("extra_headers", "1");
    return (synth(200, "draining"));
  }
  # The pattern contains nothing that could end the expression and begin another condition.
  if (req.url != "/invalidate"
    || req.http.X-Ban-Pattern !~ "^\^/[a-z0-9/()|\[\]{}^$\\.,-]{1,2998}$") {
    return (synth(400, "bad pattern"));
  }
  # Before the ban, so that a fetch under way is known to have begun earlier.
  var.global_set("invalidated", std.real(time = now, fallback = 0.0));
  if (!std.ban("obj.http.X-Path ~ " + req.http.X-Ban-Pattern)) {
    return (synth(400, "bad pattern"));
  }
  return (synth(200, "invalidated"));
}
