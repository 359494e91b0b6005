/**
 * What a statistic of claims is: how it is observed, and all that plan, judge, abort conditions
 * and reports have to know of it. Nothing else in the code knows one by name.
 */
import type { z } from "zod";
import type { ClaimBase, Comparison } from "../claim.ts";
import type { Selector, SeriesData } from "../../metrics/samples.ts";
import type { Window } from "../../metrics/series.ts";
import type { Tags } from "../../metrics/tags.ts";

/** What a statistic came to. */
export interface Observation {
  readonly value: number | null;
  /** The same, had the dropped iterations been run and turned out as badly as the claim fears. */
  readonly worst: number | null;
  readonly samples: number;
  /** Why there is no value, where there are samples. */
  readonly doubt?: Doubt;
}

/**
 * `before`: what was to tell of the fault spoke before it, or nobody looked before it. `never`:
 * what was to clear never was. `short`: it may come after the phase.
 */
export type Doubt = "before" | "never" | "short";

/** The record of one window. */
export interface Sight {
  readonly window: Window;
  readonly all: readonly SeriesData[];
  /** Those of `all` that the claim itself selects. */
  readonly selected: readonly SeriesData[];
  /** Iterations that the generator dropped or held back, and that could have yielded samples. */
  readonly dropped: number;
}

export interface Statistic<Claim extends ClaimBase = ClaimBase> {
  /** As claims write it. */
  readonly name: string;
  /** What it comes to, for people. */
  readonly meaning: string;
  /** The fields that its claims have beside those of every claim. */
  readonly fields: z.ZodRawShape;
  /** `share`: its value is a part of one. Null: it is in the claim's unit. */
  readonly unit: "share" | null;
  /** Nothing that could happen takes it above this. Below 0 goes none. */
  readonly most: number;
  /** Whether it means something of a counter, whose readings stand for what it has grown by. */
  readonly isOfCounters: boolean;
  /** Whether the lengths, or sizes, of samples change it. */
  readonly readsValues: boolean;
  /** Whether the number of samples is its value, or what its value is divided by. */
  readonly number: "value" | "divisor" | null;
  /** Whether it only ever rises while a phase goes on: an early look may yet change. */
  readonly grows: boolean;
  /** Whether a part of the samples comes to that part of it. */
  readonly isTotal: boolean;
  /** 0…1, of one that is a quantile. */
  readonly quantile: number | null;

  observe(claim: Claim, sight: Sight): Observation;
  /** What it reads beside the samples that the claim itself selects. */
  others(claim: Claim): readonly Selector[];
  /** The tags of those samples that it counts; null for one that counts no part. */
  having(claim: Claim): Tags | null;
  /** The tag by whose values it looks at samples apart. */
  by(claim: Claim): string | null;
  /** Every sample that it has to see when it is observed while the run goes on. */
  watches(claim: Claim): readonly Selector[];
  /** Whose samples are counted against `samplesMin`. */
  sampled(claim: Claim): Selector;
  /** The most samples that a phase of this length can yield, whatever is asked. */
  samplesMost(claim: Claim, phaseMs: number): number;
  /**
   * The samples that a generator's stall may have made worse, for one who judges a violation
   * kindly. Null when what the stall kept from happening could explain any violation.
   */
  spoilt(claim: Claim): Selector | null;
  /** The claim that a record must meet which has only this part, 0…1, of the samples. */
  ofPart(claim: Claim, part: number): Claim;
  /** What is wrong with the claim for a phase of this length, or null. */
  lengthProblem(claim: Claim, phaseMs: number): string | null;
  /**
   * Records of its own that `plan` asks about, where a metric that stays as it is shows nothing.
   */
  madeUp(claim: Claim, window: Window): readonly (readonly SeriesData[])[];
  /** What is wrong with the counters among its metrics, beyond `isOfCounters`; or null. */
  counterProblem(claim: Claim, isCounter: (metric: string) => boolean): string | null;
}

/** The fields of a shape that may be left out. */
type Optional<Fields extends z.ZodRawShape> = {
  [K in keyof Fields]: undefined extends z.infer<Fields[K]> ? K : never;
}[keyof Fields];

/** A claim of the statistic with that name and those fields. */
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

/** Without the wider types of the two, from which no claim's type could be made. */
type Named<Name extends string, Fields extends z.ZodRawShape> = Omit<
  Statistic<ClaimOf<Name, Fields>>,
  "name" | "fields"
> & { readonly name: Name; readonly fields: Fields };

/** What most statistics have in common. */
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

/** A statistic from what is its own; the rest is as most have it. */
export function defineStatistic<
  const Name extends string,
  Fields extends z.ZodRawShape = Readonly<Record<never, never>>,
>(definition: Definition<Name, Fields>): Named<Name, Fields> {
  const { isTotal = false, others = usual.others } = definition;
  return {
    ...usual,
    fields: {} as Fields,
    watches: (claim) => [claim, ...others(claim)],
    // How much more a total would have been without the stall, nobody can tell.
    spoilt: (claim) => (isTotal && asksForMore(claim) ? null : claim),
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

/** Of the least and the most that a statistic could have come to, the one that the claim fears. */
export function extremes(
  comparison: Comparison,
  samples: number,
  { value, least, most }: Readonly<Record<"value" | "least" | "most", number | null>>,
): Observation {
  if (comparison === "==") return { value, worst: most === value ? least : most, samples };
  return { value, worst: comparison === ">" || comparison === ">=" ? least : most, samples };
}

/** Above this fraction of dropped iterations a statistic without a worst case cannot be trusted. */
const droppedShareMax = 0.01;

export function tooMany(dropped: number, samples: number): boolean {
  return dropped > droppedShareMax * Math.max(1, samples);
}

/** For statistics that have no worst case. */
export function trusted(value: number | null, samples: number, dropped: number): Observation {
  return { value, worst: tooMany(dropped, samples) ? null : value, samples };
}

/** As the record itself says: the harness cannot know every counter of every target. */
export function isCounter(series: readonly SeriesData[]): boolean {
  return series.some(({ kind }) => kind === "increment");
}

/** All that is seen in the lane of what a selector selects. */
export function inItsLane({ metric, where }: Selector): Selector {
  const lane = where?.["lane"];
  return lane === undefined ? { metric } : { metric, where: { lane } };
}
