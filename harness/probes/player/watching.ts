/** The players of a run: each joins as its phase begins, and watches to the end of the last one. */
import type { Phase } from "../../core/experiment.ts";
import type { Clock, EventSink, SampleSink } from "../../core/ports.ts";
import type { Browser } from "../../system/browser.ts";
import { type Player, startPlayer } from "./player.ts";

export interface WatchingOptions {
  /** When each of them joins. */
  readonly joins: readonly Phase[];
  /** Where their streams are; the players take them in turn. */
  readonly manifestUrls: readonly string[];
  readonly browser: Browser;
  readonly sink: SampleSink;
  readonly events: EventSink;
  readonly clock: Clock;
}

export class WatchingPlayers implements AsyncDisposable {
  readonly #options: WatchingOptions;
  readonly #stop = new AbortController();
  readonly #joining: Promise<Player | null>[] = [];

  constructor(options: WatchingOptions) {
    this.#options = options;
  }

  /** Returns at once: who joins late is a sample, not a delay of the run. */
  phaseBegan(phase: string): void {
    if (this.#stop.signal.aborted) return;
    for (const [index, joins] of this.#options.joins.entries()) if (joins === phase) this.#joining.push(this.#join(index));
  }

  /** One that cannot even open its page leaves no samples, so that what is claimed of it is not shown. */
  async #join(index: number): Promise<Player | null> {
    const { manifestUrls, browser, sink, events, clock } = this.#options;
    const name = `player-${index + 1}`;
    try {
      return await startPlayer({ browser, manifestUrl: manifestUrls[index % manifestUrls.length] ?? "", sink, clock, signal: this.#stop.signal, name });
    } catch (error) {
      events.event({ kind: "note", text: `${name} could not be started: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}` });
      return null;
    }
  }

  /** Ends the watching; what is open then, as a stall, counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    for (const [index, joining] of this.#joining.entries()) {
      const player = await joining;
      if (player === null) continue;
      const { stalls, startupMs, decodedFrames, droppedFrames, errors } = player.state();
      this.#options.events.event({ kind: "note", text: `player-${index + 1} ${startupMs === null ? "never started" : `started after ${Math.round(startupMs)} ms`}; ${stalls.length} stalls, ${stalls.filter(({ starved }) => starved).length} of them for want of media; ${decodedFrames} frames, ${droppedFrames} dropped; ${errors.length} errors` });
      await player[Symbol.asyncDispose]();
    }
  }
}
