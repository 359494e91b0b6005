/**
 * The packs that this process knows, by name: those of planned targets, and those that come with
 * Seawall. A record names its pack, and the judge uses that one.
 */
import type { Pack } from "./pack.ts";

const known = new Map<string, Pack>();

/** Registers a pack; idempotent. Of two with one name, the later one counts. */
export function introduce(pack: Pack | undefined): void {
  if (pack !== undefined) known.set(pack.name, pack);
}

export function packNamed(name: string): Pack | undefined {
  return known.get(name);
}

export function packs(): readonly Pack[] {
  return [...known.values()];
}
