vcl 4.1;
# A client-facing node of two tiers: it fills from the top tier and never from an origin. A
# consistent hash of the rendition names the fill node of its region that owns it, so a region's
# edges together fetch a segment from the origin once. When the owner is gone, the next on the ring
# stands in. When the region's own fill nodes are all gone, those of the other regions are asked.

import directors;
import std;
import var;

sub vcl_backend_fetch {
  call clean_request;
  # What is kept together is owned together: all segments of a rendition.
  set bereq.http.X-Key = regsub(bereq.url, "^(/live/[^/]+/[^/]+)/.*$", "\1");
  set bereq.backend = near.backend(by = KEY, key = near.key(bereq.http.X-Key),
    alt = bereq.retries, healthy = CHOSEN, rampup = false);
  if (bereq.backend == near.backend(by = KEY, key = near.key(bereq.http.X-Key),
    alt = 0, healthy = IGNORE, rampup = false)) {
    set bereq.http.X-Owner = "1";
  } else {
    unset bereq.http.X-Owner;
  }
  call fill_from_another_region;
  call fill_in_lane;
  # Longer than the fill node itself waits for its origins, of which it may ask several.
  if (bereq.http.X-Wait) {
    call until_due;
    set bereq.first_byte_timeout = std.duration(
      real = var.get_real("until_due") + var.get_real("hold") + 3.0, fallback = 4s);
    if (bereq.first_byte_timeout < 5s) { set bereq.first_byte_timeout = 5s; }
  }
  return (fetch);
}

# A fill node that answers has asked every origin it may: only one that is itself broken, or on its
# way out, is passed over.
sub ask_elsewhere {
  if (beresp.status >= 500 && (!beresp.http.X-Answer || beresp.http.X-Answer == "draining")
    && bereq.retries < var.get_int("retries_max")) {
    return (retry);
  }
  set beresp.http.X-Filled-By = bereq.http.X-Filler;
}
