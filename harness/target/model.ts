/**
 * The interface between the simulated substrate and a target's model. The substrate provides time,
 * randomness, nodes with a life cycle, and requests between nodes. The model provides what the
 * services do with requests.
 */
import type { BadAnswer } from "./bad-answer.ts";
import type { Phase } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Layout } from "./layout.ts";

/** One service of the layout in virtual time. */
export interface ModelNode {
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly zone: string;
  /** It is alive and has finished its start-up. A paused node is ready, but answers nothing. */
  readonly ready: boolean;
  /**
   * Schedules a call within this life of the node: delayed while the node is paused, cancelled if
   * it dies.
   */
  after(ms: number, run: () => void): void;
  /**
   * `onReady` is called at each start that completes. `onDeath` is called at each death, so that
   * the model clears the node's memory.
   */
  onReady(run: () => void): void;
  onDeath(run: () => void): void;
}

/**
 * One request to a node. `done` is called once, with null if the request was refused, broken off or
 * timed out.
 */
export interface ModelRequest<T> {
  /** Null for users and probes, which are outside the target. */
  readonly from: ModelNode | null;
  readonly to: ModelNode;
  /** The port name of the link in the layout. */
  readonly port: string;
  readonly timeoutMs: number;
  /** What is asked, in terms that pack and model share. A fault on answers strikes by it. */
  readonly about?: Wish;
  /**
   * What a damaged answer is to its reader; null where it is none. `answer` is null if the service
   * was not asked. Without this function, damage makes every answer null.
   */
  damaged?(damage: BadAnswer, answer: T | null): T | null;
  serve(reply: (answer: T) => void): void;
  done(answer: T | null): void;
}

/** A connection that stays open, on which the other side sends messages. */
export interface ModelListening<T> {
  /** The receiver. */
  readonly from: ModelNode;
  /** The sender. */
  readonly to: ModelNode;
  readonly port: string;
  /** After this many ms without a message, the receiver treats the connection as dead. */
  readonly silenceMsMax: number;
  /** Called at the sender once it is connected. `tell` returns false if the receiver is gone. */
  connected(tell: (message: T) => boolean): void;
  heard(message: T): void;
  /** Called once at the receiver: the connection was refused, broke off or was silent. */
  ended(): void;
}

export interface Simulation {
  readonly layout: Layout;
  /** Duration of the load before the baseline, and of each phase, as workloads receive them. */
  readonly leadInMs: number;
  readonly phasesMs: Readonly<Record<Phase, number>>;
  readonly nodes: readonly ModelNode[];
  /** Epoch ms of the virtual clock. */
  nowMs(): number;
  /** A number in [0, 1) from the run's seed. */
  random(): number;
  /**
   * Factor on the duration of all work, relative to the machine on which the model was calibrated;
   * 1 by default.
   */
  readonly slowness?: number;
  enabled(defence: string): boolean;
  /** Schedules a call that does not depend on any node. */
  after(ms: number, run: () => void): void;
  request<T>(request: ModelRequest<T>): void;
  listen<T>(listening: ModelListening<T>): void;
  /**
   * Reports that a promise was settled: its continuations run before time advances. For models that
   * run asynchronous code of the target.
   */
  settled(): void;
  /** Records a duration that ends now. */
  duration(metric: string, tags: Tags, ms: number): void;
  /** Records a reading or an event of now. */
  sample(kind: "gauge" | "event", metric: string, tags: Tags, value: number): void;
  /**
   * Increases a counter. The harness reads it every few seconds, as it reads those of a real
   * service.
   */
  count(metric: string, tags: Tags, by: number): void;
  /** A gauge, read at the same times as counters while the service named in `tags` answers. */
  gauge(metric: string, tags: Tags, read: () => number): void;
}

/** One iteration of a workload. */
export interface Iteration {
  /** `workload.exec`. */
  readonly behaviour: string;
  readonly lane: string;
  /** The number of users that it represents. */
  readonly weight: number;
  /** The variables of its load. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The virtual user that runs it, in the order of k6: the one that is idle longest. The state of a
   * device between iterations is stored under this number.
   */
  readonly user: number;
  /** What a replayed request asks for. */
  readonly asked?: {
    readonly kind: string;
    readonly name?: string | undefined;
    readonly number: number | null;
    readonly session: string;
  };
}

/** A simulated player whom the pack observes. */
export interface ModelUser {
  /** The player's state, in figures that its pack defines. */
  look(): Readonly<Record<string, number>>;
  leave(): void;
}

/**
 * What a prober requests, in terms that pack and model share; for the harness's own prober, the
 * path.
 */
export type Wish = Readonly<Record<string, string | number>>;

export interface RunningModel {
  /** Calls `done` when the iteration has ended. */
  iterate(iteration: Iteration, done: () => void): void;
  /** One request of the prober to an entry service. `outcome` is served, the status, or failed. */
  probe(service: string, wish: Wish, done: (outcome: string) => void): void;
  /** Adds a player at this service, who stays. Absent if the model has no players. */
  join?(service: string): ModelUser;
  /** Performs a named operation on a service. `done` receives the answer, or null if it failed. */
  operate(
    service: string,
    operation: string,
    parameters: Readonly<Record<string, string>>,
    done: (answer: string | null) => void,
  ): void;
}

/** A queueing model of a target's services. Deterministic: the same seed gives the same run. */
export interface TargetModel {
  /** What the model covers and what it omits, in one sentence; shown in the plan. */
  readonly title: string;
  /** Kinds of services that it covers. A layout with other kinds cannot be simulated. */
  readonly kinds: readonly string[];
  /** `workload.exec` of each behaviour that it covers. */
  readonly behaviours: readonly string[];
  /**
   * Behaviours of which one iteration cannot represent many users, because their requests are not
   * shared.
   */
  readonly oneByOne: readonly string[];
  readonly metrics: readonly string[];
  /**
   * What the modelled players do and do not simulate, as the end of a sentence. Shown in plan and
   * report. Omit if there are none.
   */
  readonly players?: string;
  /** Operations that `operate` supports. */
  readonly operations: readonly string[];
  /** Start-up time in ms, by kind. */
  readonly startMs: Readonly<Record<string, number>>;
  /** One-way delay in ms between two services of one region, or of two, without a fault. */
  readonly hopMs: { readonly within: number; readonly between: number };
  start(simulation: Simulation): RunningModel;
}

/**
 * Above this rate, an iteration represents more than one user. It is the rate of a real storm on
 * one machine. It is enough to distinguish a share of 0.999 from 1, and a run still takes a
 * fraction of a second.
 */
export const arrivalsPerSecondMax = 250;
