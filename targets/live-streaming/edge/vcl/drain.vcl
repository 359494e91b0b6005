vcl 4.1;
# A draining node. DRAIN makes it report not ready and close connections, while it still answers.
# After a SIGTERM (run.sh) it also refuses new requests, so that it can finish.
#
# VCL can learn only the health of a backend or director from outside, so run.sh sets that. This
# director has no other use, sends no requests, and is sick until then. run.sh also bans all
# objects, so that there are no hits and hits need no check.

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
