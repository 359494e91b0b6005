/**
 * What a fault is. A folder in `harness/faults/` or in a pack makes one of it, and a `registry.ts`
 * lists them. Nothing here reaches the machine: a fault acts on the ports of a running target and
 * looks at it through an {@link Observer}, so that plan, judge, run and simulation share one list.
 */
import type { z } from "zod";
import type { Clock, Deployment, Instance, LinkHandle } from "./deployment.ts";
import type { Evidence } from "./evidence.ts";
import type { Frozen } from "../base/frozen.ts";
import type { Observer } from "./observer.ts";
import type { Link } from "./layout.ts";
import type { Standing, Where } from "./where.ts";

export type FaultSchema = z.ZodType<{ readonly kind: string }>;
export type FaultFrom<S extends FaultSchema> = Frozen<z.infer<S>>;

/** A kind of fault: all that anything else in the harness knows of it. */
export interface FaultKind<S extends FaultSchema = FaultSchema>
  extends Words<FaultFrom<S>>,
    Reach<FaultFrom<S>> {
  /**
   * What an experiment says of it. The type follows from this, and an experiment file is held to
   * it.
   */
  readonly schema: S;
  /**
   * What is wrong with a fault that is too small to be told from none: one line each, with the
   * least that is possible.
   */
  sizeProblems?(fault: FaultFrom<S>, forMs: number): readonly string[];
  /** Bytes per second that each connection over its links may carry, where it limits them. */
  bytesPerSecondMax?(fault: FaultFrom<S>): number;
  /** What a substrate must be able to do. */
  readonly needs: readonly Capability[];
  /** What the substrate itself must do to a service that is struck: a file of its `effects/`. */
  readonly effect?: string;
  readonly inject: Inject<FaultFrom<S>>;
  /** The fault in virtual time, or why there is none. */
  readonly simulate: Simulate<FaultFrom<S>> | string;
  /** Operations that the model of a target must know. */
  modelOperations?(fault: FaultFrom<S>): readonly string[];
}

/** For people. */
interface Words<F> {
  /** What happens, for the table of faults. */
  readonly does: string;
  /** One line: `kill region-a/origin-read`. */
  describe(fault: F): string;
  /** What is looked for to show that it landed. */
  readonly proof: string;
  /** What healing does and looks for. */
  readonly undo: string;
  /**
   * What is wrong where a fault on links strikes none; there is a general sentence for the rest.
   */
  strikesNothing?(fault: F): string;
}

/** What it strikes, and how. `strikes.ts` has the usual ones. */
export interface Reach<F> {
  /**
   * The services that the fault takes down or changes. Those at the ends of a link go on, so a
   * fault on links strikes none.
   */
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
  /**
   * Others may be in force on the same service at the same time: healing it clears nothing but
   * itself.
   */
  readonly shares?: boolean;
  /** Nothing passes its links while it is in force, so traffic is only asked for before it. */
  readonly severs?: boolean;
  /**
   * What its services send is wrong from then on, as planned, and a header that says so is
   * believed.
   */
  readonly spoils?: boolean;
  /** False for what happens at once and leaves nothing in force that could be looked at again. */
  lasts(fault: F): boolean;
}

/**
 * What one step of a plan strikes. The plan records it, so that an old run is judged by what was
 * planned.
 */
export interface Struck {
  readonly services: readonly string[];
  /** As `linkName` has them. */
  readonly links: readonly string[];
  /** False for what happens at once and leaves nothing in force. */
  readonly lasts: boolean;
  /** No traffic passes its links while it is in force. */
  readonly severs: boolean;
  /** Its services give no answer while it is in force. Missing in older records. */
  readonly silences?: boolean;
  /** How the record shows that its services were used. Missing in older records. */
  readonly use?: readonly Use[];
}

/** What shows in a record that a service is used before a fault strikes it. */
export interface Use {
  readonly service: string;
  /** Declared: nobody uses it until another service is gone. */
  readonly standby?: boolean;
  /** On which its traffic is counted: links to it; where nobody is declared to ask it, from it. */
  readonly links: readonly string[];
  /** The load asks it. */
  readonly isEntry: boolean;
  /** Counters of its own. */
  readonly counters: readonly string[];
  /** Its bytes are counted, and the harness asks nothing of it that would move any. */
  readonly bytes: boolean;
}

/** What a substrate may be able to do, beside effects on a service. */
export type Capability =
  /** Ends services and starts them again. */
  | "processes"
  /** Stops a service where it stands, and lets it go on. */
  | "pausing"
  /** A proxy stands on each declared link. */
  | "links"
  /** Asks a service to do one of its own operations. */
  | "operations"
  /** Takes a whole zone off the network. */
  | "zoneNetworks";

type Seen = Evidence | Promise<Evidence>;

/**
 * The four steps of every fault: act, verify, and later revert, once, and verify again; meanwhile
 * somebody looks whether it lasts.
 */
export interface Course {
  /** Does it. What was begun when this rejects is reverted by `revert` all the same. */
  act(): Promise<void>;
  verify(): Seen;
  /**
   * Looks whether it is still in force, and changes nothing. Left out where nothing stays in force.
   */
  look?: (() => Seen) | undefined;
  /** Time between two looks in ms; 1000 when left out. */
  readonly lookEveryMs?: number;
  /**
   * Takes back as much as was done. No abort signal: what was broken is mended even when the run
   * ends.
   */
  revert(): Promise<void>;
  verifyReverted(): Seen;
}

/** One step of a plan on a running target: the fault, and what it strikes, as the plan has it. */
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
  /** Ends the gathering of evidence early; never the reverting. */
  readonly signal: AbortSignal;
}

export type Inject<F> = (strike: RealStrike<F>) => Course;

export interface RealStrike<F> extends Strike<F> {
  readonly observer: Observer;
}

export type Simulate<F> = (strike: VirtualStrike<F>) => Course;
export type VirtualStrike<F> = Strike<F, VirtualService, VirtualLink, VirtualDeployment>;

export interface VirtualService extends Instance {
  readonly isReady: boolean;
}

export interface Delay {
  readonly delayMs: number;
  readonly jitterMs: number;
}

export interface VirtualLink extends LinkHandle {
  readonly isCut: boolean;
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

/** A fault that a pack brings, as its own function makes it: what else it holds, the pack knows. */
export interface PackFault {
  readonly kind: string;
  readonly [ofPack]: true;
}
/** Only in types: a record holds nothing of it. */
declare const ofPack: unique symbol;

/** How an experiment says a fault of a pack, with the fields that its schema asks for. */
export function saying<S extends FaultSchema>(
  kind: FaultFrom<S>["kind"],
  _of: FaultKind<S>,
): (fields: Fields<FaultFrom<S>>) => PackFault {
  return (fields) => ({ kind, ...(fields as object) }) as unknown as PackFault;
}

/** All but the name. */
type Fields<F> = F extends unknown ? Omit<F, "kind"> : never;

/** Ties the parts of a kind to the type that its schema gives. */
export function defineFault<S extends FaultSchema>(kind: FaultKind<S>): FaultKind<S> {
  return kind;
}
