vcl 4.1;
import directors;
import std;
import var;

sub fill_from_another_region {
  if (bereq.retries >= var.get_int("near_fills") || !std.healthy(bereq.backend)) {
    set bereq.backend = next.backend(by = KEY, key = next.key(bereq.http.X-Key),
      alt = 0, healthy = CHOSEN, rampup = false);
  }
}
