/**
 * Real players of a target, which its pack observes. Each is a page of a browser that the harness
 * manages.
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
  /** Idempotent. */
  close(): Promise<void>;
}

/** The browser of a run. It ends with the run, whatever the state of its pages. */
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

/** Disposed before the record ends. A stall that is still open then counts. */
export interface RunningPlayers extends AsyncDisposable {
  /** Returns at once: a late join is a sample, not a delay of the run. */
  phaseBegan(phase: string): void;
}

export interface PackPlayers {
  /** The reason why no player can join in this layout; null if they can. */
  obstacle(layout: Layout): string | null;
  /** Resolves when all players are ready to join. */
  open(context: PlayersContext): Promise<RunningPlayers>;
}
