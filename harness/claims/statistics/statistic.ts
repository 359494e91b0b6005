/**
 * The definition of a statistic: how to observe it, and what plan, judge, abort conditions and
 * reports need to know of it. No other code refers to a statistic by name.
 */
import type { z } from "zod";
import type { ClaimBase, Comparison } from "../claim.ts";
import type { Selector, SeriesData } from "../../metrics/samples.ts";
import type { Window } from "../../metrics/series.ts";
import type { Tags } from "../../metrics/tags.ts";

/** The observed value of a statistic in one window; null where the record does not determine it. */
export interface Observation {
  readonly value: number | null;
  /** The value if the dropped iterations had run, with the result that is worst for the claim. */
  readonly worst: number | null;
  readonly samples: number;
  /** Why there is no value, where there are samples. */
  readonly doubt?: Doubt;
}

/**
 * `before`: the reading was above 0 before the fault, or there was none. `never`: it was never
 * above 0. `short`: it may still come after the phase.
 */
export type Doubt = "before" | "never" | "short";

/** The record of one window, as a statistic sees it. */
export interface WindowRecord {
  readonly window: Window;
  readonly all: readonly SeriesData[];
  /** The series of `all` that the claim selects. */
  readonly selected: readonly SeriesData[];
  /** Iterations that the generator dropped or delayed, and that could have produced samples. */
  readonly dropped: number;
}

export interface Statistic<Claim extends ClaimBase = ClaimBase> {
  /** The name in a claim's `statistic` field. */
  readonly name: string;
  /** A short description of the value, shown to users. */
  readonly meaning: string;
  /** Zod shapes of the fields that its claims have beyond those of every claim. */
  readonly fields: z.ZodRawShape;
  /** `share`: the value is a fraction 0…1. Null: the value is in the claim's unit. */
  readonly unit: "share" | null;
  /** The greatest possible value. The smallest is 0. */
  readonly most: number;
  /** Whether it applies to a counter, whose readings are increments. */
  readonly isOfCounters: boolean;
  /** Whether it depends on the values of samples, not only on their number. */
  readonly readsValues: boolean;
  /** Whether the number of samples is its value, or the divisor of its value. */
  readonly number: "value" | "divisor" | null;
  /** Whether it only grows during a phase, so that a live evaluation can still change. */
  readonly grows: boolean;
  /** Whether a fraction of the samples yields that fraction of the value. */
  readonly isTotal: boolean;
  /** The quantile, 0…1; null if it is none. */
  readonly quantile: number | null;

  observe(claim: Claim, sight: WindowRecord): Observation;
  /** Selectors that it reads in addition to the claim's own. */
  others(claim: Claim): readonly Selector[];
  /** The tags of the samples that it counts; null if it counts no subset. */
  having(claim: Claim): Tags | null;
  /** The tag that splits the samples into groups, which it evaluates separately. */
  by(claim: Claim): string | null;
  /** Every selector whose samples it needs when it is evaluated live. */
  watches(claim: Claim): readonly Selector[];
  /** The selector whose samples count towards `samplesMin`. */
  sampled(claim: Claim): Selector;
  /** The greatest number of samples that a phase of this length, in ms, can yield. */
  samplesMost(claim: Claim, phaseMs: number): number;
  /**
   * The samples that a generator stall may have made worse; the judge ignores them before it
   * refutes. Null when the requests that the stall prevented could explain any violation.
   */
  affectedByStall(claim: Claim): Selector | null;
  /** The equivalent claim for a record with only this fraction (0…1) of the samples. */
  ofPart(claim: Claim, part: number): Claim;
  /** The problem of the claim for a phase of this length in ms, or null. */
  lengthProblem(claim: Claim, phaseMs: number): string | null;
  /** Records of its own for `plan`, if a metric that never changes shows nothing. */
  madeUp(claim: Claim, window: Window): readonly (readonly SeriesData[])[];
  /** The problem of the counters among its metrics beyond `isOfCounters`, or null. */
  counterProblem(claim: Claim, isCounter: (metric: string) => boolean): string | null;
}

/** The keys of a shape that are optional. */
type Optional<Fields extends z.ZodRawShape> = {
  [K in keyof Fields]: undefined extends z.infer<Fields[K]> ? K : never;
}[keyof Fields];

/** A claim of the statistic with this name and these fields. */
export type ClaimOf<Name extends string, Fields extends z.ZodRawShape> = ClaimBase & {
  readonly statistic: Name;
} & { readonly [K in Exclude<keyof Fields, Optional<Fields>>]: z.infer<Fields[K]> } & {
  readonly [K in Optional<Fields>]?: z.infer<Fields[K]>;
};

type Needed = "name" | "meaning" | "observe";
type Definition<Name extends string, Fields extends z.ZodRawShape> = {
  readonly name: Name;
  readonly fields?: Fields;
} & Pick<Statistic<ClaimOf<Name, Fields>>, Needed> &
  Partial<Omit<Statistic<ClaimOf<Name, Fields>>, Needed | "fields">>;

/** Omits the two wider types, from which no precise claim type could be inferred. */
type Named<Name extends string, Fields extends z.ZodRawShape> = Omit<
  Statistic<ClaimOf<Name, Fields>>,
  "name" | "fields"
> & { readonly name: Name; readonly fields: Fields };

/** Defaults that most statistics share. */
const usual = {
  unit: null,
  most: Number.POSITIVE_INFINITY,
  isOfCounters: false,
  readsValues: true,
  number: null,
  grows: false,
  isTotal: false,
  quantile: null,
  others: () => [],
  having: () => null,
  by: () => null,
  sampled: (claim) => claim,
  samplesMost: () => Number.POSITIVE_INFINITY,
  lengthProblem: () => null,
  madeUp: () => [],
  counterProblem: () => null,
} satisfies Partial<Statistic>;

/** Defines a statistic from the properties in which it differs from the defaults. */
export function defineStatistic<
  const Name extends string,
  Fields extends z.ZodRawShape = Readonly<Record<never, never>>,
>(definition: Definition<Name, Fields>): Named<Name, Fields> {
  const { isTotal = false, others = usual.others } = definition;
  return {
    ...usual,
    fields: {} as Fields,
    watches: (claim) => [claim, ...others(claim)],
    // The amount by which a total would have grown without the stall is unknown.
    affectedByStall: (claim) => (isTotal && asksForMore(claim) ? null : claim),
    ofPart: (claim, part) => ({
      ...claim,
      samplesMin: Math.ceil(claim.samplesMin * part),
      limit: isTotal && typeof claim.limit === "number" ? claim.limit * part : claim.limit,
    }),
    ...definition,
  };
}

export function asksForMore({ comparison }: Pick<ClaimBase, "comparison">): boolean {
  return comparison === ">" || comparison === ">=" || comparison === "==";
}

export const nothing: Observation = { value: null, worst: null, samples: 0 };

/** Picks the worse of the least and the greatest possible value for this comparison. */
export function extremes(
  comparison: Comparison,
  samples: number,
  { value, least, most }: Readonly<Record<"value" | "least" | "most", number | null>>,
): Observation {
  if (comparison === "==") return { value, worst: most === value ? least : most, samples };
  return { value, worst: comparison === ">" || comparison === ">=" ? least : most, samples };
}

/** Above this fraction of dropped iterations, a statistic without a worst case is not trusted. */
const droppedShareMax = 0.01;

export function tooMany(dropped: number, samples: number): boolean {
  return dropped > droppedShareMax * Math.max(1, samples);
}

/** The observation of a statistic that has no worst case. */
export function trusted(value: number | null, samples: number, dropped: number): Observation {
  return { value, worst: tooMany(dropped, samples) ? null : value, samples };
}

/** Reads the kind from the record: the harness does not know every counter of every target. */
export function isCounter(series: readonly SeriesData[]): boolean {
  return series.some(({ kind }) => kind === "increment");
}

/** The selector of all samples in the lane of the given selector. */
export function inItsLane({ metric, where }: Selector): Selector {
  const lane = where?.["lane"];
  return lane === undefined ? { metric } : { metric, where: { lane } };
}
