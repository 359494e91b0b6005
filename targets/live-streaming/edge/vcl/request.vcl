vcl 4.1;
# What all upstream requests have in common.

import std;
import var;

# Two of the last four must succeed: a dead or silent upstream is detected within 2 s.
probe upstream {
  .url = "/health/ready";
  .interval = 500ms;
  .timeout = 1s;
  .window = 4;
  .threshold = 2;
}

# The rules pass these headers to one another; from a viewer they would be forged. A viewer's
# credentials must not reach an upstream. The removal is only here, so that a hit does not pay for
# it.
sub clean_request {
  if (bereq.retries == 0) {
    unset bereq.http.X-Region;
    unset bereq.http.X-Site;
    unset bereq.http.X-Tried;
    unset bereq.http.X-Skip;
    unset bereq.http.X-First;
    unset bereq.http.X-Key;
    unset bereq.http.X-Filler;
    unset bereq.http.Cookie;
    unset bereq.http.Authorization;
    call clean_owner;
  }
  set bereq.http.X-Asked = std.real(time = now, fallback = 0.0);
  call sizes;
}

# Seconds from now until the segment is due, which is the moment it ends. Negative after that.
sub until_due {
  var.set_real("until_due", (std.real(bereq.http.X-Number, 0.0) + 1.0)
    * var.get_real("segment_length") - std.real(time = now, fallback = 0.0));
}
