/**
 * The seam between the simulated substrate and a target's own model. The substrate brings time,
 * chance, nodes that live, pause and die, and requests that travel between them; the model brings
 * what the target's services do when they are asked.
 */
import type { Phase } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Layout } from "./layout.ts";

/** One service of the layout in virtual time. */
export interface ModelNode {
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly zone: string;
  /** It lives and has had the time that it needs to start. A paused node is ready, and silent. */
  readonly ready: boolean;
  /**
   * Runs in the life of this node: later when it is paused meanwhile, and never when it dies
   * before.
   */
  after(ms: number, run: () => void): void;
  /**
   * Called when it is ready, first and again; and when it dies, so that the model forgets what was
   * in its memory.
   */
  onReady(run: () => void): void;
  onDeath(run: () => void): void;
}

/**
 * One request to a node. `done` is called once: with null when it was refused, broken off, or not
 * answered in time.
 */
export interface ModelRequest<T> {
  /** Null for users and probes, who stand before the target. */
  readonly from: ModelNode | null;
  readonly to: ModelNode;
  /** The port of the link, as the layout names it. */
  readonly port: string;
  readonly timeoutMs: number;
  serve(reply: (answer: T) => void): void;
  done(answer: T | null): void;
}

/** A connection that stays open, and on which the other side speaks. */
export interface ModelListening<T> {
  /** Who listens. */
  readonly from: ModelNode;
  /** Who speaks. */
  readonly to: ModelNode;
  readonly port: string;
  /** Without a word for so long the listener takes the connection for dead. */
  readonly silenceMsMax: number;
  /** At the speaker, once it is connected. `tell` is false when nobody listens any more. */
  connected(tell: (message: T) => boolean): void;
  heard(message: T): void;
  /** Once, at the listener: it was refused, broke off, or was silent. */
  ended(): void;
}

export interface Simulation {
  readonly layout: Layout;
  /**
   * How long the load goes on before the baseline, and how long each phase lasts, as workloads are
   * told.
   */
  readonly leadInMs: number;
  readonly phasesMs: Readonly<Record<Phase, number>>;
  readonly nodes: readonly ModelNode[];
  /** Epoch ms of the virtual clock. */
  nowMs(): number;
  /** [0, 1), from the run's seed. */
  random(): number;
  /**
   * By how much longer than on the machine that the model was calibrated on each piece of work
   * takes; 1 where it is missing.
   */
  readonly slowness?: number;
  enabled(defence: string): boolean;
  /** Runs whatever becomes of any node. */
  after(ms: number, run: () => void): void;
  request<T>(request: ModelRequest<T>): void;
  listen<T>(listening: ModelListening<T>): void;
  /**
   * Says that a promise was settled: what awaits it runs before time goes on. For models that run a
   * target's own asynchronous code.
   */
  settled(): void;
  /** A sample whose duration ends now. */
  duration(metric: string, tags: Tags, ms: number): void;
  /**
   * Grows a counter that the harness reads every few seconds, as it reads those of a real service.
   */
  count(metric: string, tags: Tags, by: number): void;
  /** Read as counters are, for as long as the service that `tags` names answers. */
  gauge(metric: string, tags: Tags, read: () => number): void;
}

/** One iteration of a workload. */
export interface Iteration {
  /** `workload.exec`. */
  readonly behaviour: string;
  readonly lane: string;
  /** For how many users it stands. */
  readonly weight: number;
  /**
   * The virtual user that runs it, in the order in which k6 takes them: whoever is free longest.
   * What a device remembers from one iteration to the next is kept under it.
   */
  readonly user: number;
}

/** A user whom the pack follows. */
export interface ModelUser {
  /** Where it stands, in figures that its pack understands. */
  look(): Readonly<Record<string, number>>;
  leave(): void;
}

/**
 * What a prober asks for, in words that pack and model share; of the harness's own prober, the
 * path.
 */
export type Wish = Readonly<Record<string, string | number>>;

export interface RunningModel {
  /** `done` when it has ended. */
  iterate(iteration: Iteration, done: () => void): void;
  /**
   * One request of the prober to a service where users go in. `outcome` is served, the status, or
   * failed.
   */
  probe(service: string, wish: Wish, done: (outcome: string) => void): void;
  /** Goes in at this service and stays, from now on. Left out by a model without players. */
  join?(service: string): ModelUser;
  /**
   * Does to a service what its named operation would do; `done` hears what it answers, or null when
   * it did not do it.
   */
  operate(
    service: string,
    operation: string,
    parameters: Readonly<Record<string, string>>,
    done: (answer: string | null) => void,
  ): void;
}

/**
 * How a target behaves, as a queueing model of its services. Deterministic: the same seed gives the
 * same run.
 */
export interface TargetModel {
  /** What can be said of it, and what not, in one sentence: shown in the plan. */
  readonly title: string;
  /** Kinds of services that it knows; a layout with others cannot be simulated. */
  readonly kinds: readonly string[];
  /** `workload.exec` of each behaviour that it knows. */
  readonly behaviours: readonly string[];
  /**
   * Those of them of which one iteration cannot stand for many users, as what they ask is not asked
   * once for all.
   */
  readonly oneByOne: readonly string[];
  readonly metrics: readonly string[];
  /**
   * What is in its players and what is not, as the end of a sentence: shown wherever they watch.
   * Without it, nobody can.
   */
  readonly players?: string;
  /** What `operate` understands. */
  readonly operations: readonly string[];
  /** From start to readiness in ms, by kind. */
  readonly startMs: Readonly<Record<string, number>>;
  /** One way between two services of one region, or of two, without any fault, in ms. */
  readonly hopMs: { readonly within: number; readonly between: number };
  start(simulation: Simulation): RunningModel;
}

/**
 * Above so many a second, an iteration stands for more than one user. As many as a real storm of
 * one machine: enough that a share of 0.999 is told from 1, and few enough that a run takes a
 * fraction of a second.
 */
export const arrivalsPerSecondMax = 250;
