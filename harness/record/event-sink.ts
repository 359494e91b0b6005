/** The sink to which the parts of a run write events. */
import type { RunEvent } from "./events.ts";

export interface EventSink {
  event(event: DistributiveOmit<RunEvent, "atMs"> & { readonly atMs?: number }): void;
}

export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
