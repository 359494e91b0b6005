vcl 4.1;
# Notifications travel with segments. An edge keeps the newest set of the event that it has seen,
# and adds it to every answer. A viewer far back in the window thus gets the notifications of the
# live edge. The set is one opaque text with a version that only grows. One value holds version and
# text, so that no reader sees one without the other.

import std;
import var;

sub read_notifications {
  call learn_from_event;
  # From here on they belong to the edge, not to the object.
  unset beresp.http.X-Notifications-Version;
  unset beresp.http.X-Notifications;
}

sub learn_notifications {
  if (beresp.http.X-Notifications-Version ~ "^[0-9]{1,15}$") {
    if (std.integer(beresp.http.X-Notifications-Version, 0)
      > std.integer(regsub(var.global_get("notifications"), " .*$", ""), -1)) {
      var.global_set("notifications",
        beresp.http.X-Notifications-Version + " " + beresp.http.X-Notifications);
      var.global_set("extra_headers", "1");
    }
  }
}

sub tell_notifications {
  if (var.global_get("notifications")) { call attach_to_event; }
}

sub attach_notifications {
  set resp.http.X-Notifications-Version =
    regsub(var.global_get("notifications"), " .*$", "");
  set resp.http.X-Notifications = regsub(var.global_get("notifications"), "^[0-9]+ ", "");
}
