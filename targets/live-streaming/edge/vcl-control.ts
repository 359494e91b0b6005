/** What an operator may tell a node, on the port that viewers use, since that is the only one whose requests Varnish interprets: behind the token. */
import type { EdgeSettings } from "./settings.ts";

/** Nothing that could end the expression and begin another condition of the ban. */
const pattern = "^\\^/[a-z0-9/()|\\[\\]{}^$\\\\.,-]{1,2998}$";

export function control(settings: EdgeSettings): string[] {
  return [
    `sub control {
  if (req.http.Authorization != "Bearer ${settings.controlToken}") { return (synth(401, "unauthorized")); }
  if (req.method == "DRAIN") {
    # Viewers are told to come back over another connection, and whoever sends viewers here sees that it should not.
    var.global_set("draining", "1");
    var.global_set("told", "1");
    return (synth(200, "draining"));
  }
  if (req.url != "/invalidate" || req.http.X-Ban-Pattern !~ "${pattern}") { return (synth(400, "bad pattern")); }
  # Before the ban: what is under way is then known to have been asked for earlier.
  var.global_set("invalidated", std.real(time = now, fallback = 0.0));
  if (!std.ban("obj.http.X-Path ~ " + req.http.X-Ban-Pattern)) { return (synth(400, "bad pattern")); }
  return (synth(200, "invalidated"));
}`,
  ];
}
