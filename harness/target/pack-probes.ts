/** What a pack observes during a run, in addition to what the harness reads from any target. */
import type { Clock, Deployment, Instance } from "./deployment.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Telemetry } from "./layout.ts";

/** The pack's view of the run. */
export interface ProbeContext {
  readonly deployment: Deployment;
  /** What the target serves, where that was read after deployment. */
  readonly content?: object | undefined;
  /** Whether traffic may go to a host that the content names. */
  readonly isAllowed?: ((host: string) => boolean) | undefined;
  readonly sink: SampleSink;
  /** Writes a sentence into the record. */
  note(text: string): void;
  readonly clock: Clock;
  /** The classes that users request, so that the prober requests the same. */
  readonly load: readonly { readonly lane: string }[];
}

/** Disposed when the run is over. */
export interface PackProbes extends Disposable {
  /** Sends the requests of users until the signal aborts; never rejects. */
  ask(signal: AbortSignal): Promise<void>;
  /**
   * Reads the telemetry of one service, every 2 s. If it throws, that service's series have a gap.
   */
  read(reading: Reading): Promise<void>;
  /** Called after the last phase, while the target is still up. */
  finish(ending: Ending): Promise<void>;
}

export interface Ending {
  readonly signal: AbortSignal;
  /** End of the last phase in epoch ms, exclusive: no claim covers this moment or a later one. */
  readonly endedMs: number;
  /** Reads all telemetry once more. */
  readOnce(): Promise<void>;
}

/** One reading of one service. */
export interface Reading {
  readonly instance: Instance;
  readonly telemetry: Telemetry;
  /** Aborts when the next phase no longer waits for this reading. */
  readonly signal: AbortSignal;
  get(port: string, path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** The named series of a Prometheus endpoint; null without a usable answer. */
  exposition(port: string, path: string, names: readonly string[]): Promise<Exposition | null>;
  /**
   * Records the growth of a counter since its previous reading. `life` differs for each start of
   * the counting process.
   */
  counter(metric: string, tags: Tags, atMs: number, value: number, life: string): void;
}

export interface Exposition {
  readonly atMs: number;
  /** Differs for each start of the service. */
  readonly life: string;
  readonly all: readonly { readonly name: string; readonly labels: Tags; readonly value: number }[];
}
