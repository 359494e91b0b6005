/**
 * The only list of substrates. Types, document schemas and texts follow from it. To add one, add a
 * line here and a folder of its name in `harness/substrates/` with an `adapter.ts`.
 */
interface SubstrateEntry {
  readonly name: string;
  readonly meaning: string;
  /** A model in virtual time, which proves nothing about a real target. False by default. */
  readonly isVirtual?: boolean;
  /**
   * Whether it is chosen if the user names none: when it is ready, or when no other is. By default
   * it never is.
   */
  readonly auto?: "ready" | "otherwise";
}

const list = [
  { name: "process", meaning: "processes on loopback addresses", auto: "otherwise" },
  { name: "docker", meaning: "containers on this machine", auto: "ready" },
  { name: "compose", meaning: "containers of a compose project that its user runs" },
  { name: "simulated", meaning: "the target's model, in virtual time", isVirtual: true },
] as const satisfies readonly SubstrateEntry[];

export type SubstrateName = (typeof list)[number]["name"];

interface Listed extends SubstrateEntry {
  readonly name: SubstrateName;
  readonly isVirtual: boolean;
}

export const substrates: readonly Listed[] = list.map((one) => ({ isVirtual: false, ...one }));

/** For document schemas. */
export const substrateNames = list.map(({ name }) => name) as [SubstrateName, ...SubstrateName[]];

export function isSubstrate(name: string): name is SubstrateName {
  return (substrateNames as readonly string[]).includes(name);
}

/** False for an unlisted name, so that an unknown substrate is judged as a real one. */
export function isVirtual(name: string): boolean {
  return substrates.some((one) => one.name === name && one.isVirtual);
}

export type Simulated = "no" | "partly" | "yes";

/** How much of several runs was simulated. One that did not run says nothing. */
export function simulatedOf(names: readonly (string | undefined)[]): Simulated {
  const ran = names.filter((name) => name !== undefined);
  const virtual = ran.filter(isVirtual);
  if (virtual.length === 0) return "no";
  return virtual.length === ran.length ? "yes" : "partly";
}

/** The message for a record of an unlisted substrate; null for a listed one. */
export function unknownSubstrate(name: string): string | null {
  if (isSubstrate(name)) return null;
  const known = `${substrateNames.slice(0, -1).join(", ")} and ${substrateNames.at(-1)}`;
  return `it ran on the substrate ${JSON.stringify(name)}, and this version knows ${known}`;
}
