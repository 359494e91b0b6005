vcl 4.1;
# A node on its way out. DRAIN makes it say that it is not ready and close connections, while it
# still answers. After a SIGTERM (run.sh) it also refuses what is new, so that it can finish.
#
# From outside, a rule can learn only the health of a backend or director, so run.sh sets that: this
# director stands for nothing else, asks nobody, and is sick until then. run.sh also bans all
# copies, so that there are no hits any more and hits need not ask for any of this.

import directors;
import std;
import var;

sub vcl_init {
  new draining = directors.round_robin();
}

sub close_when_draining {
  if (var.global_get("draining") || std.healthy(draining.backend())) {
    set resp.http.Connection = "close";
  }
}
