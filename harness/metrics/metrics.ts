/**
 * The type of a metric's definition: what it measures, who emits it, and which claims can use it.
 * The registry of a run holds the metrics of the harness, of the target's pack and services, and of
 * the experiment's workloads. The plan records the registry.
 */
import type { SampleKind } from "./samples.ts";
import type { Tags } from "./tags.ts";

/**
 * Who emits a metric. `reader` is a part of the target's pack that reads the target's own records,
 * beyond the series that its services expose.
 */
export const sources = ["generator", "prober", "player", "service", "reader", "harness"] as const;

/** The definition of one metric. `plan` uses it to refuse claims that could not fail. */
export interface Metric {
  /** How value and time of a sample relate. */
  readonly kind: SampleKind;
  /** The unit of its values, such as `ms` or `B`; empty for none. */
  readonly unit: string;
  /** Who emits it. */
  readonly source: (typeof sources)[number];
  /** One phrase for lists and reports. */
  readonly meaning: string;
  /** A short title; defaults to the name. */
  readonly title?: string;
  /** The names of all tags that its samples can carry. */
  readonly tags: readonly string[];
  /** A claim may select by any other tag, because not all tags are known. */
  readonly openTags?: true;
  /**
   * The values of tags with a closed list. Without it, a misspelt value selects nothing, and no
   * samples are easily below a limit. Of `outcome`, the good value is the first.
   */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** The greatest value of one sample. */
  readonly most?: number;
  /** One sample per iteration of a load. */
  readonly perIteration?: true;
  /** One sample per iteration whose user stays to the end. */
  readonly perStay?: true;
  /**
   * With one of these outcomes, the iteration's user received a complete answer. The last answer to
   * one of its own requests was a 200, in the same class and at the same entry. This holds for the
   * listed workloads only.
   */
  readonly answered?: {
    /** Values of the tag `outcome`. */
    readonly outcomes: readonly string[];
    /** Names of workloads. */
    readonly workloads: readonly string[];
  };
  /** The tags of a sample whose user received nothing; by default, `outcome` is `lost`. */
  readonly lost?: Tags;
  /**
   * The value of a sample whose user got nothing, where that is not the longest wait: a refused
   * request is quick.
   */
  readonly lostValue?: number;
  /** It may stay the same while its service works, as an alert that does not fire. */
  readonly mayStay?: true;
  /** Any number of samples per iteration of a load, such as one per request. */
  readonly perRequest?: true;
  /** One sample per period of the target's own rhythm. */
  readonly paced?: true;
  /** One sample per player that joins. */
  readonly perJoin?: true;
  /** Tags that a workload draws at random, each value with equal probability. */
  readonly drawn?: readonly string[];
  /** Tags beyond `outcome` and `status` that depend on the target's behaviour. */
  readonly decided?: readonly string[];
  /** Tags beyond `entryTag` that name the entry service, for users who stay with one. */
  readonly entries?: readonly string[];
  /** One reading, at the end of a run. */
  readonly reckoned?: true;
  /**
   * The number of requests that the service in tag `entry` reports to have received. The generator
   * cannot have more answers than this.
   */
  readonly countsAsked?: true;
  /** It counts requests, so the load bounds it. */
  readonly countsRequests?: true;
  /** The least amount per iteration of a load, whatever the target does. */
  readonly leastPerIteration?: number;
  /** Its values are codes, such as fingerprints of bodies: they can be counted, not averaged. */
  readonly codes?: true;
  /** The only value that a workload's script ever emits. */
  readonly always?: number;
  /** The load generator influences it, although another source emits it. */
  readonly dependsOnLoad?: true;
  /** It measures the effect on users. Comparisons give it the largest part of their error rate. */
  readonly felt?: true;
  /** Comparisons omit it. */
  readonly uncompared?: true;
  /**
   * It exists only if a service has telemetry of one of these kinds, and if the layout has these
   * parts.
   */
  readonly needs?: {
    /** Kinds of telemetry. */
    readonly telemetry?: readonly string[];
    /** Fields of the layout. */
    readonly layout?: readonly string[];
  };
  /**
   * One sample for each of a set of things. A claim on it holds only if none of them is unchecked,
   * and if the checked ones are complete.
   */
  readonly accounts?: {
    /** What these things are called, such as `acknowledged orders`. */
    readonly title: string;
    /** The metric with a sample for each unchecked one. */
    readonly unknown: string;
    /** Each sample of this is one of them. */
    readonly all?: {
      /** Its name. */
      readonly metric: string;
      /** The tags that its samples carry. */
      readonly where?: Tags;
    };
  };
  /** It describes the harness, not the target: no claim can rest on it alone. */
  readonly ofHarness?: true;
  /**
   * It describes bodies, which exist only on a target that stores bytes. A simulated run omits
   * claims on it.
   */
  readonly ofBytes?: true;
  /** It describes bodies only with these tags. */
  readonly ofBytesWhere?: Tags;
}

/** Metric definitions by name. */
export type Registry = Readonly<Record<string, Metric>>;

/** The metric and tags that a claim selects. */
interface Asked {
  readonly metric: string;
  readonly where?: Tags | undefined;
}

/**
 * Names come from experiments and records, so an inherited name such as `constructor` must not
 * match.
 */
export function metricIn(registry: Registry, name: string): Metric | undefined {
  return Object.hasOwn(registry, name) ? registry[name] : undefined;
}

/** The emitter of a metric; a metric that is not in the registry is a series of the target. */
export function sourceIn(registry: Registry, name: string): Metric["source"] {
  return metricIn(registry, name)?.source ?? "service";
}

/** Whether the load generator can influence what the metric measures. */
export function isLoadDependent(registry: Registry, name: string): boolean {
  const source = sourceIn(registry, name);
  return (
    source === "generator" ||
    source === "service" ||
    metricIn(registry, name)?.dependsOnLoad === true
  );
}

/** Whether the claim is about users who compare bodies with what was published. */
export function comparesBytes(claim: Asked, registry: Registry): boolean {
  const required = Object.entries(metricIn(registry, claim.metric)?.ofBytesWhere ?? {});
  return required.length > 0 && required.every(([tag, value]) => claim.where?.[tag] === value);
}

/** Whether only a target that stores bytes can satisfy the claim. */
export function isOfBytes(claim: Asked, registry: Registry): boolean {
  return comparesBytes(claim, registry) || metricIn(registry, claim.metric)?.ofBytes === true;
}
