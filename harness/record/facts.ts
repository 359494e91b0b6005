/**
 * The facts that a finding may state, as data. A rule of the judge returns facts; only `phrases/`
 * words them. A fact appears in `verdict.json` under its id, and the names of its values contain
 * their units. A fact without a phrase does not compile, and neither does a phrase without a fact.
 */
import type { AbortReason } from "./events.ts";
import type { Phase } from "../base/phases.ts";

/** A fact without values. */
type Plain = Readonly<Record<never, never>>;
type InPhase = { readonly phase: string };
type OfFault = { readonly fault: string };
type OfLoad = { readonly load: string };
type By = { readonly byMs: number };
/** The number of further problems of the same kind that are not listed. */
type More = { readonly problems: number };
/**
 * `stolen`: the fraction of the machine (0…1) that was taken from outside meanwhile; null for none.
 */
type Late = {
  readonly p99Ms: number;
  readonly phase: string;
  readonly maxMs: number;
  readonly stolen: number | null;
};
/** Iterations and samples of a load or of a request class, as `of` says. */
type Group = { readonly of: "load" | "lane"; readonly group: string };
type OfMetric = { readonly metric: string; readonly source: string };

/** `checked`: the evidence that would have shown its use. */
type Unused = {
  readonly service: string;
  readonly others: number;
  readonly checked: readonly ("links" | "requests" | "counters" | "bytes")[];
};
type OfLinks = OfFault & { readonly links: readonly string[] };
type OfClass = { readonly lane: string };
/** The entry, class and phase in which the generator and the prober are compared. */
type AtPlace = OfClass & InPhase & { readonly place: string };
/**
 * `writer`: bytes written by a service's processes. `reader`: bytes read by the generator.
 * `receiver`: bytes on the interfaces.
 */
type ByteWitness = {
  readonly witness: "writer" | "reader" | "receiver";
  readonly service: string;
};

/** Facts about claims. */
export interface ClaimFacts {
  "phase-unfinished": InPhase;
  "within-limit": Plain;
  "beyond-limit": Plain;
  "beyond-limit-in-baseline": Plain;
  "reference-too-few-samples": InPhase;
  "too-few-samples": { readonly samples: number; readonly minSamples: number };
  "cut-off": Plain;
  /** Why a reading that should show the fault does not. */
  "on-before-fault": Plain;
  "never-on": Plain;
  "too-short": Plain;
  /** `rest`: the result without the samples that a stall may have affected. */
  "generator-stalled": { readonly stalledMs: number; readonly rest: "nothing" | "within-limit" };
  "depends-on-dropped": Plain;
  /** `observed`: the figure of the same claim about single requests. */
  "refused-on-the-way": { readonly observed: number; readonly unit: string };
}

/** Facts about recoveries. */
export interface RecoveryFacts {
  "phases-unfinished": Plain;
  "nothing-healed": Plain;
  "no-goodput": Plain;
  "observed-too-briefly": Plain;
  "too-few-requests": Plain;
  "back-in-time": Plain;
  "not-back-in-time": Plain;
  "not-back": Plain;
  "back-too-late": Plain;
  "lost-again": Plain;
}

/** Things with one sample each; `what` is their name. */
interface OfReckoning {
  readonly what: string;
  readonly total: number;
}

/** Facts of the rules of evidence. */
export interface EvidenceFacts {
  "record.whole": {
    damage: { readonly detail: string };
    "no-end": Plain;
    "no-cleanup": Plain;
  };
  "record.fits": {
    "event-older": { readonly event: string; readonly before: string } & By;
    "event-repeated": { readonly event: string; readonly times: number };
    "event-out-of-order": { readonly event: string; readonly before: string };
    "no-start": Plain;
    phases: { readonly phases: readonly string[]; readonly planned: readonly string[] };
    "phase-early": InPhase & By;
    "phase-late": InPhase & By & { readonly maxMs: number };
    "fault-event-repeated": OfFault & { readonly event: string; readonly times: number };
    "other-fault": OfFault;
    "fault-out-of-order": OfFault;
    "check-outside-fault": OfFault;
    "act-outside-injection": OfFault;
    /** Negative: earlier than planned. */
    "injection-moved": OfFault & By;
    "heal-moved": OfFault & By;
    "injected-early": OfFault & By;
    "unplanned-faults": { readonly events: number };
    "deploy-length": { readonly statedMs: number; readonly measuredMs: number };
    "load-length": { readonly statedMs: number; readonly measuredMs: number };
    "load-asked-outside": Plain;
    "samples-before-load": { readonly source: string } & By;
    "samples-after-end": { readonly source: string } & By;
    "load-late": OfLoad & By;
    "claims-nothing": Plain;
    "faults-after-end": { readonly faults: number };
    more: More;
  };
  "record.possible": {
    "no-number": OfMetric;
    "other-kind": OfMetric & { readonly kind: string; readonly wanted: string };
    negative: OfMetric & { readonly value: number };
    repeated: OfMetric & { readonly repeated: number; readonly samples: number };
    unanswered: {
      readonly lane: string;
      readonly service: string;
      readonly given: number;
      readonly answers: number;
    };
    more: More;
  };
  "run.phases": { unfinished: { readonly phases: readonly Phase[] } };
  "run.not-aborted": { aborted: { readonly reason: AbortReason; readonly detail: string } };
  "generator.ended": { "no-end": Plain; died: { readonly detail: string } };
  "generator.offered": {
    "no-start": Plain;
    "no-load": Plain;
    "no-phase": Plain;
    "no-iterations": Plain;
    "ended-at-once": OfLoad;
    /** Near the limit that the experiment sets. */
    capped: InPhase & { readonly perSecond: number; readonly max: number };
    "not-as-planned": OfLoad & {
      readonly fromSeconds: number;
      readonly untilSeconds: number;
      readonly planned: number;
      readonly begun: number;
      readonly dropped: number;
    };
    dropped: OfLoad &
      InPhase & { readonly dropped: number; readonly planned: number; readonly vus: number };
  };
  "generator.iterations": {
    "no-phase": Plain;
    "no-ends": Plain;
    threw: OfLoad & { readonly iterations: number; readonly begun: number };
    silent: OfLoad & { readonly iterations: number; readonly begun: number };
    unfinished: OfLoad & { readonly iterations: number; readonly begun: number };
    "samples-missing": Group & { readonly ended: number; readonly samples: number };
    "sample-before-start": Group & {
      readonly second: number;
      readonly begun: number;
      readonly samples: number;
    };
    "sample-after-end": Group & {
      readonly second: number;
      readonly ended: number;
      readonly samples: number;
    };
  };
  "generator.on-time": {
    "no-sample": Plain;
    "no-sample-in": OfLoad & { readonly phases: readonly string[] };
    late: OfLoad & Late;
    burst: OfLoad &
      InPhase & { readonly late: number; readonly planned: number; readonly maxMs: number };
  };
  "generator.processor": {
    "not-recorded": Plain;
    "not-recorded-in": InPhase;
    stolen: InPhase & { readonly share: number };
    used: InPhase & { readonly share: number };
  };
  "generator.clocks": {
    "no-clock": { readonly runner: string };
    /** The greatest that the runner's clock may differ from the conductor's. */
    off: { readonly runner: string; readonly offMs: number; readonly maxMs: number };
  };
  "generator.no-gap": { "no-sample": Plain; gap: { readonly gapMs: number } };
  "prober.on-time": {
    "no-sample": Plain;
    gap: { readonly gapMs: number };
    "no-lateness": Plain;
    "no-lateness-in": { readonly phases: readonly string[] };
    late: Late;
  };
  "target.readings": {
    "no-telemetry": { readonly metric: string };
    "no-source": { readonly metric: string };
    "never-read": OfMetric;
    gap: OfMetric & { readonly gapMs: number };
    unread: OfReckoning & { readonly unread: number };
    "few-read": OfReckoning & { readonly read: number };
  };
  "target.metrics": {
    /** `seen`: the evidence of its work. */
    frozen: {
      readonly service: string;
      readonly forMs: number;
      readonly amount: number;
      readonly seen: "answers" | "linkBytes" | "ownBytes";
    };
    stopped: OfMetric & { readonly forMs: number; readonly answers: number };
  };
  "baseline.steady": {
    unfinished: Plain;
    "nothing-served": Plain;
    drift: { readonly share: number };
  };
  "services.alive": { died: { readonly service: string; readonly detail: string } };
  "faults.landed": {
    "never-injected": OfFault;
    "not-landed": OfFault & { readonly observation: string };
    "outside-phase": OfFault;
    "too-short": OfFault & { readonly forMs: number; readonly plannedMs: number };
  };
  "faults.lasted": {
    "old-record": OfFault;
    "never-checked": OfFault;
    gone: OfFault & { readonly afterMs: number; readonly observation: string };
    "last-check-early": OfFault & { readonly beforeHealMs: number; readonly maxMs: number };
    "check-gap": OfFault & { readonly gapMs: number; readonly maxMs: number };
  };
  "faults.healed": {
    "never-healed": OfFault;
    "not-healed": OfFault & { readonly observation: string };
  };
  "faults.traffic": {
    "not-counted": OfLinks;
    "unused-before": OfLinks;
    "only-checks": OfLinks;
    "unused-during": OfLinks;
    "bytes-not-counted": OfLinks;
    "never-bound": OfFault & { readonly bytesPerSecond: number; readonly timesMax: number };
  };
  "faults.use": {
    unused: OfFault & Unused;
    /** It received as many requests before the load. */
    "only-checks": OfFault & Unused;
    standby: { readonly services: readonly string[] };
  };
  "generator.asked": {
    /** Ages in periods of the stream; 0 is the newest. */
    stale: OfClass & {
      readonly stale: number;
      readonly looks: number;
      readonly leastAge: number;
      readonly mostAge: number;
      readonly oldestAge: number;
    };
    "same-moment": OfClass & { readonly same: number; readonly looks: number };
    "nearer-half": OfClass & InPhase & { readonly near: number; readonly looks: number };
    "other-draw": OfClass &
      InPhase & {
        readonly tag: string;
        readonly value: string;
        readonly count: number;
        readonly looks: number;
        readonly expected: number;
      };
    "other-bytes": { readonly apart: number; readonly compared: number };
    "none-noted": Plain;
    noted: { readonly looks: number };
  };
  "witnesses.prober": {
    "not-asked-alike": Plain;
    "no-probe": AtPlace & { readonly requests: number };
    answers: AtPlace & {
      readonly probes: number;
      readonly probesFailed: number;
      readonly requests: number;
      readonly requestsFailed: number;
    };
    absent: AtPlace & {
      readonly probes: number;
      readonly periods: number;
      readonly served: number;
    };
    "longer-waits": AtPlace & {
      readonly longer: number;
      readonly probes: number;
      readonly medianMs: number;
    };
    waits: AtPlace & { readonly proberMs: number; readonly usersMs: number };
    deserted: AtPlace & { readonly periods: number };
    "nothing-compared": Plain;
    compared: { readonly probes: number; readonly requests: number };
  };
  "witnesses.bytes": {
    "too-few": InPhase & ByteWitness & { readonly expectedBytes: number; readonly bytes: number };
    "reader-missing": Plain;
    "receiver-missing": Plain;
    "sizes-missing": Plain;
    model: Plain;
    "none-counted": Plain;
    "too-little": Plain;
    agrees: ByteWitness;
  };
  "witnesses.counters": {
    apart: InPhase & OfMetric & { readonly answers: number; readonly counted: number };
    "nothing-compared": Plain;
    agrees: OfMetric;
  };
  "witnesses.copied": {
    copied: {
      readonly one: string;
      readonly other: string;
      readonly shared: number;
      readonly samples: number;
    };
    more: More;
  };
  "bodies.right": {
    "none-seen": InPhase & { readonly served: number };
    wrong: InPhase & {
      readonly by: "user" | "prober";
      readonly place: string;
      readonly wrong: number;
      readonly looks: number;
      /** Each with its count: `truncated 3`. */
      readonly kinds: readonly string[];
    };
    "other-container": {
      readonly variant: string;
      readonly container: string;
      readonly others: number;
      readonly looks: number;
    };
    "rests-on-unseen": InPhase & { readonly claim: string; readonly wrongShare: number };
    "same-bytes": { readonly variant: string; readonly same: number; readonly numbers: number };
    "same-as": {
      readonly variant: string;
      readonly other: string;
      readonly same: number;
      readonly numbers: number;
    };
    flaps: { readonly variant: string; readonly times: number; readonly looks: number };
    model: Plain;
    "not-declared": Plain;
    "none-served": Plain;
    /** Each with its count, and the least size of each variant in bytes. */
    looked: {
      readonly looks: number;
      readonly containers: readonly string[];
      readonly leastBytes: readonly string[];
    };
    "unknown-containers": Plain;
    flagged: { readonly count: number };
    "no-checksum": Plain;
  };
  "machine.clock": { stepped: { readonly byMs: readonly number[] } };
}

export type EvidenceId = keyof EvidenceFacts;

/** One of the facts in `Facts`. */
export type FactIn<Facts> = {
  [Id in keyof Facts & string]: { readonly fact: Id } & Facts[Id];
}[keyof Facts & string];

/** What the rule with that id may state. */
export type FactOf<Id extends EvidenceId> = FactIn<EvidenceFacts[Id]>;

export type FactValue = string | number | null | readonly (string | number)[];

/** A fact in a verdict: its id, and its values by name. */
export type Fact = { readonly fact: string } & { readonly [name: string]: FactValue };
