import type { RunEvent } from "../record/events.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Hold } from "./hold.ts";

/** Somebody who looks on while a run goes on, as a game day does. */
export interface RunObserver {
  /** Its folder is there. */
  began(directory: string, runId: string): void;
  event(event: RunEvent): void;
  /** A sink that sees each sample and passes it on. */
  samples(recorder: SampleSink): SampleSink;
  readonly hold?: Hold | undefined;
}
