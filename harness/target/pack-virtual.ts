/**
 * What a pack observes during a run in virtual time: the same as in a real run, from the target's
 * model.
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
  /** The classes that users request, so that the prober requests the same. */
  readonly load: readonly { readonly lane: string }[];
  /** The phase in which each modelled player joins. */
  readonly joins: readonly Phase[];
  /**
   * A number in [0, 1), from a stream of its own, so that the prober's draws do not change those of
   * users.
   */
  readonly random: () => number;
}

export interface VirtualTime {
  /** Epoch ms. */
  nowMs(): number;
  after(ms: number, run: () => void): void;
}

export interface VirtualProbes {
  phaseBegan(phase: string): void;
  /** Called after the last phase, which ended at `endedMs`. */
  finish(endedMs: number): Promise<void>;
  /** Ends all observation. */
  stop(): void;
}
