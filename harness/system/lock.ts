/**
 * A lock between processes that the kernel releases when its owner dies, so there are no stale
 * locks. It is SQLite's exclusive transaction on an empty file, the only kernel file lock that Node
 * offers.
 */

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { SeawallError } from "../base/errors.ts";

const busy = 5; // SQLITE_BUSY
const pollMs = 100;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if another owner holds the lock. */
  readonly onWait?: () => void;
  readonly waitMsMax?: number;
}

/** Waits for the lock on `path`, which is created if necessary, and holds it until disposal. */
export async function lock(path: string, options: LockOptions = {}): Promise<Disposable> {
  const { signal, onWait, waitMsMax = 30 * 60_000 } = options;
  await mkdir(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    const startMs = performance.now();
    let waited = false;
    while (!taken(database)) {
      if (!waited) onWait?.();
      waited = true;
      if (performance.now() - startMs > waitMsMax) {
        throw new SeawallError("TIMED_OUT", `another seawall still holds ${path}`, {
          hint: "Stop it or wait for it, then try again.",
        });
      }
      await sleep(pollMs, undefined, { signal });
    }
  } catch (error) {
    database.close();
    signal?.throwIfAborted();
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

function taken(database: DatabaseSync): boolean {
  try {
    database.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busy) return false;
    throw error;
  }
}
