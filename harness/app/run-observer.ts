import type { RunEvent } from "../record/events.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Hold } from "./hold.ts";

/** Observes a run while it happens, as a game day does. It changes nothing of the record. */
export interface RunObserver {
  /** Called once its folder exists. */
  began(directory: string, runId: string): void;
  event(event: RunEvent): void;
  /** Returns a sink that receives each sample and passes it on. */
  samples(recorder: SampleSink): SampleSink;
  readonly hold?: Hold | undefined;
  /** Called once everything is undone and recorded, before the verdict. */
  ended?(): Promise<void>;
}

/** Several observers as one; undefined for none. At most one of them may hold the run. */
export function together(observers: readonly RunObserver[]): RunObserver | undefined {
  if (observers.length < 2) return observers[0];
  return {
    began: (directory, runId) => {
      for (const observer of observers) observer.began(directory, runId);
    },
    event: (event) => {
      for (const observer of observers) observer.event(event);
    },
    samples: (recorder) => observers.reduce((sink, observer) => observer.samples(sink), recorder),
    hold: observers.find(({ hold }) => hold !== undefined)?.hold,
    ended: async () => {
      for (const observer of observers) await observer.ended?.();
    },
  };
}
