/**
 * Where targets can run: the one list of substrates, from which types, shapes of documents and
 * texts follow. A new one is a line here, and a folder of its name in `harness/substrates/` whose
 * `adapter.ts` says how it is done.
 */
interface SubstrateEntry {
  readonly name: string;
  readonly meaning: string;
  /** A model in virtual time: it says what the model says, and proves nothing about a real target. */
  readonly isVirtual: boolean;
  /** Whether it is taken when nobody names one: where it is ready, where no other is, or never. */
  readonly auto: "ready" | "otherwise" | "never";
}

const list = [
  { name: "process", meaning: "processes of this machine, on loopback addresses", isVirtual: false, auto: "otherwise" },
  { name: "docker", meaning: "containers of an engine on this machine", isVirtual: false, auto: "ready" },
  { name: "simulated", meaning: "a model of the target, in virtual time", isVirtual: true, auto: "never" },
] as const satisfies readonly SubstrateEntry[];

export type SubstrateName = (typeof list)[number]["name"];

export const substrates: readonly (SubstrateEntry & { readonly name: SubstrateName })[] = list;

/** For shapes of documents. */
export const substrateNames = list.map(({ name }) => name) as [SubstrateName, ...SubstrateName[]];

export function isSubstrate(name: string): name is SubstrateName {
  return (substrateNames as readonly string[]).includes(name);
}

/** Of a name that a record of another version may have brought, false: what is not known is judged as if it were real. */
export function isVirtual(name: string): boolean {
  return substrates.some((one) => one.name === name && one.isVirtual);
}

/** What to say of a record of a substrate that this version does not have; null of one that it has. */
export function unknownSubstrate(name: string): string | null {
  if (isSubstrate(name)) return null;
  const known = `${substrateNames.slice(0, -1).join(", ")} and ${substrateNames.at(-1)}`;
  return `it ran on the substrate ${JSON.stringify(name)}, and this version knows ${known}`;
}
