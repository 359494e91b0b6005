/** What the process substrate can do on this machine, and why not where it cannot. */
import type { Support } from "../../core/ports.ts";

export function processSupport(): Support {
  return { kill: true, pause: true, latency: true, partition: true };
}
