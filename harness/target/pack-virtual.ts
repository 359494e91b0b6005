/**
 * What a pack looks at while a run goes on in virtual time: the same as in a real one, of the
 * target's model.
 */
import type { Phase } from "../base/phases.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Instance } from "./deployment.ts";
import type { Layout } from "./layout.ts";
import type { RunningModel } from "./model.ts";

export interface VirtualContext {
  readonly layout: Layout;
  readonly model: RunningModel;
  readonly instances: readonly Instance[];
  readonly sink: SampleSink;
  readonly clock: VirtualTime;
  /** What users ask, so that its prober asks alike. */
  readonly load: readonly { readonly lane: string }[];
  /** The phase in which each modelled player joins. */
  readonly joins: readonly Phase[];
  /** [0, 1), of a stream of its own: what the prober asks does not change what users do. */
  readonly random: () => number;
}

export interface VirtualTime {
  /** Epoch ms. */
  nowMs(): number;
  after(ms: number, run: () => void): void;
}

export interface VirtualProbes {
  phaseBegan(phase: string): void;
  /** After the last phase, which ended at `endedMs`. */
  finish(endedMs: number): Promise<void>;
  /** Nothing is looked at any more. */
  stop(): void;
}
