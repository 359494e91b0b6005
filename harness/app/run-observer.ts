import type { RunEvent } from "../record/events.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Hold } from "./hold.ts";

/** Observes a run while it happens, as a game day does. */
export interface RunObserver {
  /** Called once its folder exists. */
  began(directory: string, runId: string): void;
  event(event: RunEvent): void;
  /** Returns a sink that receives each sample and passes it on. */
  samples(recorder: SampleSink): SampleSink;
  readonly hold?: Hold | undefined;
}
