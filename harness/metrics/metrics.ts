/**
 * What the harness knows of metrics: what each is, who emits it, and what may be said of it. The
 * registry of a run holds the harness's own, those that the target's pack brings, the series that
 * the target's services expose, and those that the experiment's workloads make; the plan records
 * it.
 */
import type { SampleKind } from "./samples.ts";
import type { Tags } from "./tags.ts";

/**
 * Who emits a metric. `reader`: something of the target's pack that reads what the target tells of
 * itself, beyond the series that its services expose.
 */
export const sources = ["generator", "prober", "player", "service", "reader", "harness"] as const;

export interface Metric {
  readonly kind: SampleKind;
  readonly unit: string;
  readonly source: (typeof sources)[number];
  readonly meaning: string;
  /** In a few words; its name when left out. */
  readonly title?: string;
  readonly tags: readonly string[];
  /** Any other tag may be asked for as well: not all that it carries is known. */
  readonly openTags?: true;
  /**
   * For tags whose values are a closed list: a misspelt value would select nothing, and nothing is
   * easily under a limit. Of `outcome` the good value stands first.
   */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** The greatest value that one sample can have. */
  readonly most?: number;
  /** One sample for each iteration of a load. */
  readonly perIteration?: true;
  /** One sample for each iteration whose user stays to the end. */
  readonly perStay?: true;
  /**
   * With one of these outcomes its user was given something whole: the last answer of a request of
   * its own was a 200, in the same class and at the same entry. So it is in these workloads.
   */
  readonly answered?: {
    readonly outcomes: readonly string[];
    readonly workloads: readonly string[];
  };
  /** What a sample carries whose user got nothing; `outcome` is `lost` where it is not said. */
  readonly lost?: Tags;
  /** Any number of samples for each iteration of a load, as requests are. */
  readonly perRequest?: true;
  /** One sample for each period of the target's own rhythm. */
  readonly paced?: true;
  /** One sample for each player that joins. */
  readonly perJoin?: true;
  /** Tags that a workload draws, each value as often as the others. */
  readonly drawn?: readonly string[];
  /** Tags beyond `outcome` and `status` that tell how the target fared. */
  readonly decided?: readonly string[];
  /**
   * Tags beyond the usual one that name the service where its user goes in, for users who stay with
   * one.
   */
  readonly entries?: readonly string[];
  /** One reading, at the end of a run. */
  readonly reckoned?: true;
  /** What the service of its tag `entry` says it was asked: no generator is answered more often. */
  readonly countsAsked?: true;
  /** It counts requests, so that the load bounds it. */
  readonly countsRequests?: true;
  /** Each iteration of a load makes at least as much of it, whatever the target does. */
  readonly leastPerIteration?: number;
  /** Its values are codes, such as prints of bodies: they can be counted, and no more. */
  readonly codes?: true;
  /** The one value that the script of a workload ever hands over. */
  readonly always?: number;
  /** The load generator has a hand in it, although another emits it. */
  readonly dependsOnLoad?: true;
  /** What users of the target feel: comparisons look at it most closely. */
  readonly felt?: true;
  /** No comparison shows it. */
  readonly uncompared?: true;
  /**
   * Emitted only where a service has telemetry of one of these kinds, and the layout has these
   * parts.
   */
  readonly needs?: { readonly telemetry?: readonly string[]; readonly layout?: readonly string[] };
  /**
   * It is a reckoning: one sample for each of something. A claim on it holds only if what could not
   * be looked at is nothing, and what was looked at is all that there was.
   */
  readonly accounts?: {
    /** What these things are called: `acknowledged orders`. */
    readonly title: string;
    /** The metric with a sample for each one that could not be looked at. */
    readonly unknown: string;
    /** Each sample of this is one of them. */
    readonly all?: { readonly metric: string; readonly where?: Tags };
  };
  /**
   * It says something about the harness and nothing about the target: no claim can rest on it
   * alone.
   */
  readonly ofHarness?: true;
  /**
   * It speaks of bytes, which only a target that keeps some can answer for: a simulated run leaves
   * out claims on it.
   */
  readonly ofBytes?: true;
  /** With these tags it speaks of bytes. */
  readonly ofBytesWhere?: Tags;
}

/** By name. */
export type Registry = Readonly<Record<string, Metric>>;

/** What a claim selects. */
interface Asked {
  readonly metric: string;
  readonly where?: Tags | undefined;
}

/** Names come from experiments and records: `constructor` is no metric. */
export function metricIn(registry: Registry, name: string): Metric | undefined {
  return Object.hasOwn(registry, name) ? registry[name] : undefined;
}

/** Who emits it: what no registry holds is a series of the target. */
export function sourceIn(registry: Registry, name: string): Metric["source"] {
  return metricIn(registry, name)?.source ?? "service";
}

/** Whether the generator can have had a hand in what the metric measures. */
export function isLoadDependent(registry: Registry, name: string): boolean {
  const source = sourceIn(registry, name);
  return (
    source === "generator" ||
    source === "service" ||
    metricIn(registry, name)?.dependsOnLoad === true
  );
}

/** It asks about those who compare what they get with what was published. */
export function comparesBytes(claim: Asked, registry: Registry): boolean {
  const wanted = Object.entries(metricIn(registry, claim.metric)?.ofBytesWhere ?? {});
  return wanted.length > 0 && wanted.every(([tag, value]) => claim.where?.[tag] === value);
}

/** Only a target that keeps bytes can answer it. */
export function isOfBytes(claim: Asked, registry: Registry): boolean {
  return comparesBytes(claim, registry) || metricIn(registry, claim.metric)?.ofBytes === true;
}
