vcl 4.1;
# What every request to an upstream has in common.

import std;
import var;

# Two of the last four must be good: an upstream that is dead or silent is known as such within 2 s.
probe upstream {
  .url = "/health/ready";
  .interval = 500ms;
  .timeout = 1s;
  .window = 4;
  .threshold = 2;
}

# The rules tell each other these about upstreams; from a viewer, all of it is a lie. A viewer's
# credentials are none of an upstream's business. Only here, so that a hit does not pay for it.
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

# Seconds from now until the segment is due, the moment at which it ends. Negative once it is over.
sub until_due {
  var.set_real("until_due", (std.real(bereq.http.X-Number, 0.0) + 1.0)
    * var.get_real("segment_length") - std.real(time = now, fallback = 0.0));
}
