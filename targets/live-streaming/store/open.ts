/** One interface, two stores: what an origin's configuration names. */
import type { Log } from "../service/log.ts";
import { connectCassandra } from "./cassandra.ts";
import { connectObjects } from "./objects.ts";
import type { StoreSettings } from "./settings.ts";
import type { Store } from "./store.ts";

/**
 * Keeps dialling until the store is there. `onRefused` is told of each request that the store
 * refused for its rate: Cassandra has none.
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
