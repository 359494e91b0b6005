/** Opens the store that an origin's configuration names: one interface, two implementations. */
import type { Log } from "../service/log.ts";
import { connectCassandra } from "./cassandra.ts";
import { connectObjects } from "./objects.ts";
import type { StoreSettings } from "./settings.ts";
import type { Store } from "./store.ts";

/**
 * Keeps connecting until the store answers. `onRefused` is called for each request that the store
 * throttles; Cassandra throttles none.
 */
export function openStore(
  settings: StoreSettings,
  log: Log,
  signal: AbortSignal,
  onRefused: () => void,
): Promise<Store> {
  return settings.kind === "cassandra"
    ? connectCassandra(settings, log, signal)
    : connectObjects(settings.endpoint, log, signal, onRefused);
}
