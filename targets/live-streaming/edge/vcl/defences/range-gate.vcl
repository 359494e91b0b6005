vcl 4.1;
# Segment numbers that cannot exist are refused without an origin request.

import std;
import var;

# One segment of tolerance for a fast clock. The origin answers that request.
sub refuse_early {
  if (var.get_int("age") < -1) { return (synth(404, "early")); }
}

sub refuse_gone {
  if (var.get_int("age") > var.get_int("window_segments")) { return (synth(410, "gone")); }
}

sub refuse_unknown { return (synth(404, "unknown")); }

# Numbers are checked on a miss, so no object may outlive its number's place in the window.
sub end_with_window {
  call until_due;
  var.set_duration("window_left", std.duration(
    real = var.get_real("until_due") + var.get_real("window_length"), fallback = 0s));
  if (beresp.ttl > var.get_duration("window_left")) {
    set beresp.ttl = var.get_duration("window_left");
  }
}
