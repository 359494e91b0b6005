/**
 * A node on its way out. `DRAIN` (an operator's word) makes it say that it is not ready and close connections, while it still answers. After a
 * SIGTERM (`run.sh`) it also refuses what is new, so that what it has begun comes to an end.
 *
 * A rule cannot be told anything from outside but the health of a backend or director, so that is what `run.sh` sets: this one stands for nothing
 * else, asks nobody, and is sick until then. It also bans all copies, so that nothing is a hit any more and hits need not ask for any of this.
 */
export const drain = `sub vcl_init {
  new draining = directors.round_robin();
}`;

/** In a condition. */
export const ending = "std.healthy(draining.backend())";
export const told = 'var.global_get("draining")';
