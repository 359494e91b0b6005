vcl 4.1;
# Old segments are evicted first. A node that does not own their rendition keeps a live object only
# until it is old. Later requests go to a separate storage, where they compete with nothing live.

import std;
import var;

sub keep_while_young {
  call until_due;
  var.set_duration("young", std.duration(
    real = var.get_real("until_due") + var.get_real("retention"), fallback = 0s));
  if (var.get_duration("young") <= 0s) { set beresp.storage = storage.old; }
  elseif (beresp.ttl > var.get_duration("young")) { set beresp.ttl = var.get_duration("young"); }
}
