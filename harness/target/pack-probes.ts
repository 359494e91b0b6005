/** What a pack looks at while a run goes on, beside what the harness reads of any target. */
import type { Clock, Deployment, Instance } from "./deployment.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Telemetry } from "./layout.ts";

/** What it is told of the run. */
export interface ProbeContext {
  readonly deployment: Deployment;
  readonly sink: SampleSink;
  /** Writes a sentence into the record. */
  note(text: string): void;
  readonly clock: Clock;
  /** What users ask, so that its prober asks alike. */
  readonly load: readonly { readonly lane: string }[];
}

/** Disposed when the run is over. */
export interface PackProbes extends Disposable {
  /** Asks what users ask until the signal aborts; never rejects. */
  ask(signal: AbortSignal): Promise<void>;
  /**
   * Reads, every 2 s, what one service tells. What it throws leaves a gap in that service's series.
   */
  read(reading: Reading): Promise<void>;
  /** After the last phase, while the target is still up. */
  finish(ending: Ending): Promise<void>;
}

export interface Ending {
  readonly signal: AbortSignal;
  /**
   * When the last phase ended, in epoch ms: the last moment of which a claim can speak is just
   * before it.
   */
  readonly endedMs: number;
  /** Reads everything once more. */
  readOnce(): Promise<void>;
}

/** One reading of one service. */
export interface Reading {
  readonly instance: Instance;
  readonly telemetry: Telemetry;
  /** Aborts when the next phase waits no longer for it. */
  readonly signal: AbortSignal;
  get(port: string, path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Series of Prometheus text; null when there is no answer to go by. */
  exposition(port: string, path: string, names: readonly string[]): Promise<Exposition | null>;
  /**
   * Records by how much a counter has grown since its last reading; `life` differs from start to
   * start of what counts.
   */
  counter(metric: string, tags: Tags, atMs: number, value: number, life: string): void;
}

export interface Exposition {
  readonly atMs: number;
  /** One for each start of the service. */
  readonly life: string;
  readonly all: readonly { readonly name: string; readonly labels: Tags; readonly value: number }[];
}
