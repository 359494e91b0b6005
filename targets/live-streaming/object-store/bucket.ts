/**
 * Objects on disk, one file each, with their sorted keys in memory, so that a prefix can be listed.
 * A key is a path of names, of which the first is the event. Writes are atomic.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

export interface Bucket {
  put(key: string, body: Buffer): Promise<void>;
  /** Null if there is none. */
  get(key: string): Promise<Buffer | null>;
  /** Keys that begin with `prefix` and follow `after`, in order, at most one page. */
  list(prefix: string, after: string): readonly string[];
  /**
   * Deletes objects written before `beforeMs` (epoch), except those of the kinds (second name of
   * the key) that are kept forever.
   */
  expire(beforeMs: number, keptForEver: readonly string[]): Promise<number>;
  readonly size: number;
}

export const pageKeys = 1_000;

const keyShape =
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._~-]{1,200}(?:\/[A-Za-z0-9._~-]{1,200}){0,9}$/;

export function isKey(text: string): boolean {
  return keyShape.test(text);
}

export async function openBucket(directory: string): Promise<Bucket> {
  const objects = join(directory, "objects");
  // On the same disk as the objects, so that a rename creates an object atomically.
  const incoming = join(directory, "incoming");
  await rm(incoming, { recursive: true, force: true });
  await Promise.all([mkdir(objects, { recursive: true }), mkdir(incoming, { recursive: true })]);
  const keys = await stored(objects);

  /** The position of `key`, present or not. */
  const position = (key: string): number => {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    async put(key, body) {
      const path = join(objects, key);
      const temporary = join(incoming, randomBytes(12).toString("hex"));
      await writeSynced(temporary, body);
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
      const at = position(key);
      if (keys[at] !== key) keys.splice(at, 0, key);
    },
    async get(key) {
      if (keys[position(key)] !== key) return null;
      return await readFile(join(objects, key)).catch(() => null);
    },
    list(prefix, after) {
      const page: string[] = [];
      // `after` plus a NUL is the least text greater than `after`, so the page begins there.
      for (
        let at = Math.max(position(prefix), position(`${after}\0`));
        at < keys.length && page.length < pageKeys;
        at += 1
      ) {
        const key = keys[at] ?? "";
        if (!key.startsWith(prefix)) break;
        page.push(key);
      }
      return page;
    },
    async expire(beforeMs, keptForEver) {
      let expired = 0;
      for (const key of [...keys]) {
        if (keptForEver.includes(key.split("/")[1] ?? "")) continue;
        const path = join(objects, key);
        const found = await stat(path).catch(() => null);
        if (found !== null && found.mtimeMs >= beforeMs) continue;
        await rm(path, { force: true });
        const at = position(key);
        if (keys[at] === key) keys.splice(at, 1);
        expired += 1;
      }
      return expired;
    },
    get size() {
      return keys.length;
    },
  };
}

async function writeSynced(path: string, body: Buffer): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(body);
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function stored(objects: string): Promise<string[]> {
  const entries = await readdir(objects, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(objects, join(entry.parentPath, entry.name)))
    .sort();
}
