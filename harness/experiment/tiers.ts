/**
 * The only list of experiment tiers, lowest first. The names are those of Netflix's Simian Army;
 * `plain` is the operator's term. To add a tier, add one line.
 */
interface TierEntry {
  readonly name: string;
  readonly plain: string;
  /** What an experiment of the tier may break. */
  readonly allows: string;
  /** The tier of which one experiment must have held before; null if there is no prerequisite. */
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

/** For document schemas. */
export const tierNames = list.map(({ name }) => name) as [Tier, ...Tier[]];

export function tierOf(name: Tier): (typeof tiers)[number] {
  return tiers.find((tier) => tier.name === name) as (typeof tiers)[number];
}

/** Comparator: lower tiers first. */
export function tierOrder(a: Tier, b: Tier): number {
  return tierNames.indexOf(a) - tierNames.indexOf(b);
}

/** For users: `gorilla (zone)`. A tier that this version does not list is shown unchanged. */
export function tierText(name: string): string {
  const known = tiers.find((tier) => tier.name === name);
  return known === undefined ? name : `${name} (${known.plain})`;
}
