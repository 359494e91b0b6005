vcl 4.1;
# Numbers of segments that cannot exist are refused without asking the origin.

import std;
import var;

# One segment of room for a clock that runs ahead; that request is the origin's to answer.
sub refuse_early {
  if (var.get_int("age") < -1) { return (synth(404, "early")); }
}

sub refuse_gone {
  if (var.get_int("age") > var.get_int("window_segments")) { return (synth(410, "gone")); }
}

sub refuse_unknown { return (synth(404, "unknown")); }

# Numbers are looked at where there is no copy, so no copy may outlive its number's place in the
# window.
sub end_with_window {
  call until_due;
  var.set_duration("window_left", std.duration(
    real = var.get_real("until_due") + var.get_real("window_length"), fallback = 0s));
  if (beresp.ttl > var.get_duration("window_left")) {
    set beresp.ttl = var.get_duration("window_left");
  }
}
