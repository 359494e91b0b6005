/** What the docker substrate can do, and why not where it cannot. */
import type { Support } from "../../core/ports.ts";

export function dockerSupport(): Support {
  return { kill: true, pause: true, latency: true, partition: true };
}
