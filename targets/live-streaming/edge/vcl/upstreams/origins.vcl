vcl 4.1;
# A node that fills from the origins: nearest first, healthy ones first, and after a failure the
# next untried one.

import std;
import var;

sub vcl_backend_fetch {
  call clean_request;
  call choose_origin;
  # An origin holds a request until the segment is due and a little longer. One that is silent after
  # that is broken.
  if (bereq.http.X-Wait) {
    call until_due;
    set bereq.first_byte_timeout = std.duration(
      real = var.get_real("until_due") + var.get_real("hold") + 0.5, fallback = 4s);
    if (bereq.first_byte_timeout < 1s) { set bereq.first_byte_timeout = 1s; }
  }
  return (fetch);
}

# Another origin may answer better: a local failure, or a segment that did not arrive here. An
# answer about time, the event or load is the same everywhere.
sub ask_elsewhere {
  if (bereq.retries < var.get_int("retries_max")) {
    # Failover for load (shed) would spread the overload.
    if (beresp.status >= 500 && beresp.http.X-Answer != "shed") {
      if (!bereq.http.X-First) { set bereq.http.X-First = beresp.status; }
      return (retry);
    }
    call ask_another_region;
  }
  set beresp.http.X-Served-By = bereq.http.X-Site;
}
