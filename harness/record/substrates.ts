/**
 * Where targets can run: the one list of substrates, from which types, shapes of documents and
 * texts follow. A new one is a line here, and a folder of its name in `harness/substrates/` whose
 * `adapter.ts` says how it is done.
 */
interface SubstrateEntry {
  readonly name: string;
  readonly meaning: string;
  /**
   * A model in virtual time, which proves nothing about a real target. False where it is left out.
   */
  readonly isVirtual?: boolean;
  /**
   * Whether it is taken when nobody names one: where it is ready, or where no other is. Where it is
   * left out, it never is.
   */
  readonly auto?: "ready" | "otherwise";
}

const list = [
  { name: "process", meaning: "processes on loopback addresses", auto: "otherwise" },
  { name: "docker", meaning: "containers on this machine", auto: "ready" },
  { name: "simulated", meaning: "the target's model, in virtual time", isVirtual: true },
] as const satisfies readonly SubstrateEntry[];

export type SubstrateName = (typeof list)[number]["name"];

interface Listed extends SubstrateEntry {
  readonly name: SubstrateName;
  readonly isVirtual: boolean;
}

export const substrates: readonly Listed[] = list.map((one) => ({ isVirtual: false, ...one }));

/** For shapes of documents. */
export const substrateNames = list.map(({ name }) => name) as [SubstrateName, ...SubstrateName[]];

export function isSubstrate(name: string): name is SubstrateName {
  return (substrateNames as readonly string[]).includes(name);
}

/** False of a name that is not listed: what is not known is judged as if it were real. */
export function isVirtual(name: string): boolean {
  return substrates.some((one) => one.name === name && one.isVirtual);
}

/** What to say of a record of a substrate that is not listed; null of one that is. */
export function unknownSubstrate(name: string): string | null {
  if (isSubstrate(name)) return null;
  const known = `${substrateNames.slice(0, -1).join(", ")} and ${substrateNames.at(-1)}`;
  return `it ran on the substrate ${JSON.stringify(name)}, and this version knows ${known}`;
}
