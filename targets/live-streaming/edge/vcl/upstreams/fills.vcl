vcl 4.1;
# A viewer-facing node of two tiers: it fills from the top tier and never from an origin. A
# consistent hash of the rendition selects its owner among the region's fill nodes, so the region's
# edges together fetch a segment from the origin once. If the owner is gone, the next on the ring
# replaces it. If all fill nodes of the region are gone, those of the other regions are used.

import directors;
import std;
import var;

sub vcl_backend_fetch {
  call clean_request;
  # The hash key: all segments of a rendition have one owner.
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
  # Longer than the fill node itself waits for its origins, of which it may try several.
  if (bereq.http.X-Wait) {
    call until_due;
    set bereq.first_byte_timeout = std.duration(
      real = var.get_real("until_due") + var.get_real("hold") + 3.0, fallback = 4s);
    if (bereq.first_byte_timeout < 5s) { set bereq.first_byte_timeout = 5s; }
  }
  return (fetch);
}

# A fill node that answers has tried all its origins. Only one that is broken or draining is
# skipped.
sub ask_elsewhere {
  if (beresp.status >= 500 && (!beresp.http.X-Answer || beresp.http.X-Answer == "draining")
    && bereq.retries < var.get_int("retries_max")) {
    return (retry);
  }
  set beresp.http.X-Filled-By = bereq.http.X-Filler;
}
