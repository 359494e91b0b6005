/**
 * Notifications travel with segments. An edge keeps the newest set that it has seen of the event, and puts it on every answer, so that a viewer
 * far back in the window hears what was inserted at the live edge. The set is one opaque text with a version that only grows.
 */
import type { EdgeSettings } from "./settings.ts";

/** Version and text in one value, so that no reader sees the one without the other. */
const kept = 'var.global_get("notifications")';

export function learn(settings: EdgeSettings): string {
  // The settings' one event is the only one that there can be: the gate turns the others away.
  return !settings.defences.notifications
    ? ""
    : `
  if (beresp.http.X-Notifications-Version ~ "^[0-9]{1,15}$" && bereq.url ~ "^/live/${settings.event}/") {
    if (std.integer(beresp.http.X-Notifications-Version, 0) > std.integer(regsub(${kept}, " .*$", ""), -1)) {
      var.global_set("notifications", beresp.http.X-Notifications-Version + " " + beresp.http.X-Notifications);
      var.global_set("told", "1");
    }
  }
  # From here on they are the edge's, not the object's.
  unset beresp.http.X-Notifications-Version;
  unset beresp.http.X-Notifications;`;
}

/** Off: what the segment itself brought stays on it, and nothing else carries anything. */
export function attach(settings: EdgeSettings): string {
  return !settings.defences.notifications
    ? ""
    : `
  if (${kept} && req.url ~ "^/live/${settings.event}/") {
    set resp.http.X-Notifications-Version = regsub(${kept}, " .*$", "");
    set resp.http.X-Notifications = regsub(${kept}, "^[0-9]+ ", "");
  }`;
}
