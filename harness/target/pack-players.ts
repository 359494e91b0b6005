/**
 * Real users of a target, as its pack follows them: each is a page of a browser that the harness
 * keeps.
 */
import type { Phase } from "../base/phases.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Clock, Deployment } from "./deployment.ts";
import type { Layout } from "./layout.ts";

/** One page of the browser. */
export interface BrowserPage {
  goto(url: string): Promise<unknown>;
  /** Runs a script in the page and resolves with its value. */
  evaluate(script: string): Promise<unknown>;
  /** Closing it twice does nothing. */
  close(): Promise<void>;
}

/** The browser of a run. It is ended with the run, whatever becomes of its pages. */
export interface BrowserPages {
  newPage(): Promise<BrowserPage>;
}

export interface PlayersContext {
  /** The phase in which each of them joins. */
  readonly joins: readonly Phase[];
  readonly deployment: Deployment;
  readonly browser: BrowserPages;
  readonly sink: SampleSink;
  /** Writes a sentence into the record. */
  note(text: string): void;
  readonly clock: Clock;
}

/** Disposed before the record ends; what is open then, as a stall, counts. */
export interface RunningPlayers extends AsyncDisposable {
  /** Returns at once: who joins late is a sample, not a delay of the run. */
  phaseBegan(phase: string): void;
}

export interface PackPlayers {
  /** Why none can join in this layout; null when they can. */
  obstacle(layout: Layout): string | null;
  /** Resolves when all of them stand ready to join. */
  open(context: PlayersContext): Promise<RunningPlayers>;
}
