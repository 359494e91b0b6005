vcl 4.1;
# What an operator may tell a node, behind a token. It comes on the port that viewers use, the only
# one whose requests Varnish interprets.

import std;
import var;

sub control {
  call authorise;
  if (req.method == "DRAIN") {
    # Viewers are told to come back over another connection; a load balancer sees "not ready".
    var.global_set("draining", "1");
    var.global_set("told", "1");
    return (synth(200, "draining"));
  }
  # The pattern holds nothing that could end the expression and begin another condition.
  if (req.url != "/invalidate"
    || req.http.X-Ban-Pattern !~ "^\^/[a-z0-9/()|\[\]{}^$\\.,-]{1,2998}$") {
    return (synth(400, "bad pattern"));
  }
  # Before the ban: what is under way is then known to have been asked for earlier.
  var.global_set("invalidated", std.real(time = now, fallback = 0.0));
  if (!std.ban("obj.http.X-Path ~ " + req.http.X-Ban-Pattern)) {
    return (synth(400, "bad pattern"));
  }
  return (synth(200, "invalidated"));
}
