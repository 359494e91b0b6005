/**
 * The definition of a fault. A folder in `harness/faults/` or in a pack defines one, and a
 * `registry.ts` lists them. A fault acts only through the ports of a running target and observes it
 * through an {@link Observer}. Plan, judge, run and simulation can therefore share one list.
 */
import type { z } from "zod";
import type { BadAnswer } from "./bad-answer.ts";
import type { Wish } from "./model.ts";
import type { Clock, Deployment, Instance, LinkHandle } from "./deployment.ts";
import type { Evidence } from "./evidence.ts";
import type { Frozen } from "../base/frozen.ts";
import type { Observer } from "./observer.ts";
import type { Link, Service } from "./layout.ts";
import type { TopologyView, Where } from "./where.ts";

export type FaultSchema = z.ZodType<{ readonly kind: string }>;
export type FaultFrom<S extends FaultSchema> = Frozen<z.infer<S>>;

/** A kind of fault: everything that the rest of the harness knows about it. */
export interface FaultKind<S extends FaultSchema = FaultSchema>
  extends Words<FaultFrom<S>>,
    Reach<FaultFrom<S>> {
  /**
   * The zod shape of the fault in an experiment. It determines the type and validates experiment
   * files.
   */
  readonly schema: S;
  /**
   * Returns one line per parameter that is too small to be observed, with the least possible value.
   */
  sizeProblems?(fault: FaultFrom<S>, forMs: number): readonly string[];
  /** Why it cannot strike a link to this port of a service; null if it can. */
  linkProblem?(to: Service, port: string): string | null;
  /**
   * The limit in bytes per second that the fault sets on each connection of its links, if it sets
   * one.
   */
  bytesPerSecondMax?(fault: FaultFrom<S>): number;
  /** The capabilities that the substrate must have. */
  readonly needs: readonly Capability[];
  /** The effect on an affected service that the substrate must support, by its kind. */
  readonly effect?: string;
  /** The file of a pack's knowledge of requests, for the proxy on its links. */
  readonly knowledge?: string;
  readonly inject: Inject<FaultFrom<S>>;
  /** The fault in virtual time, or the reason why there is none. */
  readonly simulate: Simulate<FaultFrom<S>> | string;
  /**
   * The operation that reverts it. On a service that outlives the run, it goes into the ledger
   * before the act, so that `recover` can run it.
   */
  undoneBy?(fault: FaultFrom<S>): { readonly service: string; readonly operation: string } | null;
  /** Operations that a target's model must support. */
  modelOperations?(fault: FaultFrom<S>): readonly string[];
}

/** Texts for users. */
interface Words<F> {
  /** What happens, for the table of faults. */
  readonly does: string;
  /** One line: `kill region-a/origin-read`. */
  describe(fault: F): string;
  /** The observation that confirms the fault. */
  readonly proof: string;
  /** What reverting does and observes. */
  readonly undo: string;
  /** The problem of a fault on links that selects none; a general sentence is the default. */
  strikesNothing?(fault: F): string;
}

/** What the fault affects, and how. `strikes.ts` has the usual implementations. */
export interface Reach<F> {
  /**
   * The services that the fault stops or changes. The ends of a link keep running, so a fault on
   * links affects no service.
   */
  services(fault: F, standing: TopologyView): readonly string[];
  /** The declared links that the fault changes. */
  links(fault: F, standing: TopologyView): readonly Link[];
  /** All selectors that the fault contains. */
  wheres(fault: F): readonly Where[];
  readonly onLinks: boolean;
  /** Whether the affected services answer nothing while it lasts. */
  readonly silences: boolean;
  /** Operations that each affected service must have. */
  operations(fault: F): readonly string[];
  /**
   * Other faults may be in force on the same service at the same time, because reverting this one
   * clears only itself.
   */
  readonly shares?: boolean;
  /** No traffic passes its links while it is in force, so traffic is required only before it. */
  readonly severs?: boolean;
  /** Its services send planned wrong content from then on; a header that declares it is trusted. */
  readonly spoils?: boolean;
  /** False for an action that leaves nothing in force to observe later. */
  lasts(fault: F): boolean;
}

/**
 * What one step of a plan affects. The plan records it, so that an old run is judged by its own
 * plan.
 */
export interface Struck {
  readonly services: readonly string[];
  /** In the format of `linkName`. */
  readonly links: readonly string[];
  /** False for an action that leaves nothing in force. */
  readonly lasts: boolean;
  /** No traffic passes its links while it is in force. */
  readonly severs: boolean;
  /** Its services answer nothing while it is in force. Absent in older records. */
  readonly silences?: boolean;
  /** The evidence that its services were in use. Absent in older records. */
  readonly use?: readonly Use[];
}

/** The evidence in a record that a service is in use before a fault strikes it. */
export interface Use {
  readonly service: string;
  /** Declared standby: it has no users until another service is lost. */
  readonly standby?: boolean;
  /** The links whose traffic counts: links to the service, or links from it if none lead to it. */
  readonly links: readonly string[];
  /** The load sends requests to it. */
  readonly isEntry: boolean;
  /** The service's own counters. */
  readonly counters: readonly string[];
  /** Its bytes are counted, and the harness's own requests to it add none. */
  readonly bytes: boolean;
}

/** What a substrate may be able to do, apart from effects on a service. */
export type Capability =
  /** Stops services and starts them again. */
  | "processes"
  /** Pauses a service and resumes it. */
  | "pausing"
  /** Has a proxy on each declared link. */
  | "links"
  /** Has an HTTP proxy on links whose answers a planned fault strikes. */
  | "answers"
  /** Performs a service's operations. */
  | "operations"
  /** Disconnects a whole zone from the network. */
  | "zoneNetworks";

type Seen = Evidence | Promise<Evidence>;

/**
 * The execution of a fault: act, verify, then revert once and verify again. In between, `look`
 * checks repeatedly whether it is still in force.
 */
export interface FaultExecution {
  /** Injects the fault. If it rejects, `revert` still undoes what it began. */
  act(): Promise<void>;
  verify(): Seen;
  /**
   * Checks whether the fault is still in force, without side effects. Absent if nothing stays in
   * force.
   */
  look?: (() => Seen) | undefined;
  /** Interval of `look` in ms; 1000 by default. */
  readonly lookEveryMs?: number;
  /**
   * Reverts what was done. Takes no abort signal: faults are reverted even when the run is aborted.
   */
  revert(): Promise<void>;
  verifyReverted(): Seen;
}

/** One step of a plan on a running target: the fault, and what it affects according to the plan. */
export interface Strike<
  F,
  S extends Instance = Instance,
  L extends LinkHandle = LinkHandle,
  D extends Deployment = Deployment,
> {
  readonly fault: F;
  readonly services: readonly S[];
  readonly links: readonly L[];
  readonly deployment: D;
  readonly clock: Clock;
  /** Ends the collection of evidence early; never the revert. */
  readonly signal: AbortSignal;
}

export type Inject<F> = (strike: RealStrike<F>) => FaultExecution;

export interface RealStrike<F> extends Strike<F> {
  readonly observer: Observer;
}

export type Simulate<F> = (strike: VirtualStrike<F>) => FaultExecution;
export type VirtualStrike<F> = Strike<F, VirtualService, VirtualLink, VirtualDeployment>;

export interface VirtualService extends Instance {
  readonly isReady: boolean;
}

export interface Delay {
  readonly delayMs: number;
  readonly jitterMs: number;
}

/** A rule of the modelled proxy on a link. */
export interface VirtualRule {
  readonly does: BadAnswer;
  /** Counts the request, and returns whether it is struck. */
  strikes(about: Wish | undefined): boolean;
}

export interface VirtualLink extends LinkHandle {
  readonly isCut: boolean;
  /** In force, by the order of their start. */
  readonly rules: Set<VirtualRule>;
  readonly delays: ReadonlySet<Delay>;
  slow(delay: Delay): void;
  unslow(delay: Delay): void;
}

export interface VirtualDeployment extends Deployment {
  disconnect(zone: string): Promise<() => Promise<void>>;
  isCutOff(zone: string): boolean;
}

/** The faults of a pack, by name. */
export type FaultKinds = Readonly<Record<string, FaultKind>>;

/**
 * A fault of a pack, as the pack's own function creates it. Only the pack knows its other fields.
 */
export interface PackFault {
  readonly kind: string;
  readonly [ofPack]: true;
}
/** A type-level brand; no record contains it. */
declare const ofPack: unique symbol;

/**
 * Returns the function with which an experiment states a fault of a pack. It takes the fields of
 * the fault's schema.
 */
export function saying<S extends FaultSchema>(
  kind: FaultFrom<S>["kind"],
  _of: FaultKind<S>,
): (fields: Fields<FaultFrom<S>>) => PackFault {
  return (fields) => ({ kind, ...(fields as object) }) as unknown as PackFault;
}

/** All fields but the name. */
type Fields<F> = F extends unknown ? Omit<F, "kind"> : never;

/** Ties the parts of a fault kind to the type that its schema implies. */
export function defineFault<S extends FaultSchema>(kind: FaultKind<S>): FaultKind<S> {
  return kind;
}
