/** What can be done to a target, as data. Each kind has one injector in `harness/faults/`; a kind without one does not compile. */
import { faultTable } from "./fault-table.ts";
import type { Link } from "./target.ts";
import type { LinkSelector, Standing, Where } from "./where.ts";

export type Fault =
  /** SIGKILL; healed by starting the service again. */
  | { readonly kind: "kill"; readonly service: string }
  /** It stands still: connections are accepted by the system and stay open, nobody answers (SIGSTOP). */
  | { readonly kind: "pause"; readonly service: string }
  /** Answers over the links come later by `delayMs` ± `jitterMs`, evenly spread; `jitterMs` is at most `delayMs`. */
  | { readonly kind: "latency"; readonly links: LinkSelector; readonly delayMs: number; readonly jitterMs: number }
  /** Each connection over the links carries at most so many bytes per second each way: a whole number of thousands, 1 000…1 000 000 000. */
  | { readonly kind: "bandwidth"; readonly links: LinkSelector; readonly bytesPerSecond: number }
  /** Connections over the links are reset as soon as something is sent on them; those that stood before are closed then. */
  | { readonly kind: "reset"; readonly links: LinkSelector }
  /** Connections over the links are refused, and present ones closed. */
  | { readonly kind: "partition"; readonly links: LinkSelector }
  /** Every service of the zone is killed at once. */
  | { readonly kind: "zoneLoss"; readonly zone: string }
  /** Every service of the region is killed at once. */
  | { readonly kind: "regionLoss"; readonly region: string }
  /** Every service of the zone goes on, and no packet leaves or reaches the zone: connections are neither refused nor answered. */
  | { readonly kind: "blackhole"; readonly zone: string }
  /** Latency on all links to stores, in one region or in all. */
  | { readonly kind: "slowStore"; readonly region?: string | undefined; readonly delayMs: number; readonly jitterMs: number }
  /** A service that dies every `everyMs`, counted from one start to the next death, and is started again at once. */
  | { readonly kind: "restartLoop"; readonly service: string; readonly everyMs: number }
  /** A cache loses all that it holds, at once; it fills again by itself. */
  | { readonly kind: "coldCache"; readonly service: string }
  /** No room is left in the service's own folder. */
  | { readonly kind: "fullDisk"; readonly service: string }
  /** The service's wall clock goes `byMs` ahead, or behind when negative: at least 3 s, as clocks are told by the second. */
  | { readonly kind: "clockSkew"; readonly service: string; readonly byMs: number }
  /** A packager spoils its next segments, of every rendition each. */
  | { readonly kind: "badSegments"; readonly service: string; readonly defect: SegmentDefect; readonly segments: number }
  /** An operator tells a service to do something: one of its own operations. */
  | OperatorStep
  /** This share of the service's packets, above 0 and below 1, is lost. */
  | { readonly kind: "packetLoss"; readonly service: string; readonly share: number };

/**
 * `shows` must not be in the answer to `look` before, must be in it after, and, where there is an `undo`, must be gone after that. In parameters
 * and in `shows`, `{nowMs}` is the moment of the act in epoch ms, `{segment}` the number of the segment that is made then, `{segment+5}` and
 * `{segment-20}` count from it; in `undo`, and in `shows`, `{answer.NAME}` is that member of the act's JSON answer.
 */
export interface OperatorStep extends OperatorAct {
  readonly kind: "operate";
  readonly service: string;
  readonly look: OperatorAct & { readonly shows: string };
  /** Left out for what stays: a word that was said. */
  readonly undo?: OperatorAct | undefined;
}

export interface OperatorAct {
  /** One of the service's operations, by name. */
  readonly operation: string;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

export const segmentDefects = ["short", "missing", "timing", "rot", "truncated"] as const;
export type SegmentDefect = (typeof segmentDefects)[number];

export type FaultKind = Fault["kind"];
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;

export const faultKinds = Object.keys(faultTable) as readonly FaultKind[];

/** What is known of a kind of fault beforehand. */
export interface FaultSheet<F extends Fault> {
  /** One line for people: `kill region-a/origin-read`. */
  describe(fault: F): string;
  /** The services that the fault itself takes down or changes; those at a link's ends go on, so a fault on links strikes none. */
  services(fault: F, standing: Standing): readonly string[];
  /** The declared links that the fault changes. */
  links(fault: F, standing: Standing): readonly Link[];
  /** Every place that the fault names. */
  wheres(fault: F): readonly Where[];
  readonly onLinks: boolean;
  /** The services that it strikes give no answer while it lasts. */
  readonly silences: boolean;
  /** Operations that each service struck must have. */
  operations(fault: F): readonly string[];
  /** Others may be in force on the same service at the same time: healing it clears nothing but itself. */
  readonly shares?: boolean;
  /** Nothing passes its links while it is in force, so traffic is only asked for before it. */
  readonly severs?: boolean;
  /** False for what happens at once and leaves nothing in force that could be looked at again. */
  lasts(fault: F): boolean;
  /** What is looked for to show that it landed, for people. */
  readonly proof: string;
  /** What healing does and looks for, for people. */
  readonly undo: string;
}

/** The table pairs each kind with its own sheet; the compiler cannot follow that through a union. */
export const sheetOf = (fault: Fault): FaultSheet<Fault> => faultTable[fault.kind] as FaultSheet<Fault>;

export const describeFault = (fault: Fault): string => sheetOf(fault).describe(fault);
export const servicesStruck = (fault: Fault, standing: Standing): readonly string[] => sheetOf(fault).services(fault, standing);
export const lasts = (fault: Fault): boolean => sheetOf(fault).lasts(fault);
export const linksStruck = (fault: Fault, standing: Standing): readonly Link[] => sheetOf(fault).links(fault, standing);
