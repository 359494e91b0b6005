/**
 * The packs that this process knows, by name: those of targets that were planned, and those that
 * come with the tool. A record names its pack, and is judged by that.
 */
import type { Pack } from "./pack.ts";

const known = new Map<string, Pack>();

/** The same one twice is no harm; the last of a name counts. */
export function introduce(pack: Pack | undefined): void {
  if (pack !== undefined) known.set(pack.name, pack);
}

export function packNamed(name: string): Pack | undefined {
  return known.get(name);
}

export function packs(): readonly Pack[] {
  return [...known.values()];
}
