/**
 * The tiers of experiments: the one list, lowest first. The names are those of Netflix's Simian
 * Army; `plain` says the same in an operator's words. A new tier is one line here.
 */
interface TierEntry {
  readonly name: string;
  readonly plain: string;
  /** What an experiment of the tier may break. */
  readonly allows: string;
  /** The tier of which an experiment must have held before; null where none must. */
  readonly after: string | null;
}

const list = [
  { name: "storm", plain: "overload", allows: "nothing, it asks more than usual", after: null },
  { name: "monkey", plain: "instance", allows: "faults of single instances", after: null },
  { name: "latency", plain: "network", allows: "slow or lossy links", after: "monkey" },
  { name: "gorilla", plain: "zone", allows: "the loss of a zone", after: "latency" },
  { name: "kong", plain: "region", allows: "the loss of a region", after: "gorilla" },
] as const satisfies readonly TierEntry[];

export type Tier = (typeof list)[number]["name"];

interface Listed extends TierEntry {
  readonly name: Tier;
  readonly after: Tier | null;
}

export const tiers: readonly Listed[] = list;

/** For shapes of documents. */
export const tierNames = list.map(({ name }) => name) as [Tier, ...Tier[]];

export function tierOf(name: Tier): (typeof tiers)[number] {
  return tiers.find((tier) => tier.name === name) as (typeof tiers)[number];
}

/** Lower tiers first. */
export function tierOrder(a: Tier, b: Tier): number {
  return tierNames.indexOf(a) - tierNames.indexOf(b);
}

/** `gorilla (zone)`: for people. A record of another version may have a tier that is not listed. */
export function tierText(name: string): string {
  const known = tiers.find((tier) => tier.name === name);
  return known === undefined ? name : `${name} (${known.plain})`;
}
