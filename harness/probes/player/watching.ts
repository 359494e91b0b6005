/** The players of a run: each joins as its phase begins, and watches to the end of the last one. */
import type { Phase } from "../../base/phases.ts";
import type { Clock } from "../../target/deployment.ts";
import type { EventSink } from "../../record/event-sink.ts";
import type { SampleSink } from "../../metrics/samples.ts";
import type { Browser } from "../../system/browser.ts";
import { openPlayerPage, type Player, type PlayerPage, startPlayer } from "./player.ts";

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
  readonly #joining = new Map<number, Promise<Player | null>>();
  readonly #pages: readonly PromiseSettledResult<PlayerPage>[];

  private constructor(
    options: WatchingOptions,
    pages: readonly PromiseSettledResult<PlayerPage>[],
  ) {
    this.#options = options;
    this.#pages = pages;
  }

  /** Resolves when all of them have their page before them and need only press play. */
  static async open(options: WatchingOptions): Promise<WatchingPlayers> {
    return new WatchingPlayers(
      options,
      await Promise.allSettled(options.joins.map(() => openPlayerPage(options.browser))),
    );
  }

  /** Returns at once: who joins late is a sample, not a delay of the run. */
  phaseBegan(phase: string): void {
    if (this.#stop.signal.aborted) return;
    for (const [index, joins] of this.#options.joins.entries())
      if (joins === phase) this.#joining.set(index, this.#join(index));
  }

  /** One that cannot even open its page leaves no samples, so that what is claimed of it is not shown. */
  async #join(index: number): Promise<Player | null> {
    const { manifestUrls, sink, events, clock } = this.#options;
    const name = `player-${index + 1}`;
    try {
      return await startPlayer({
        opened: this.#pageOf(index),
        manifestUrl: manifestUrls[index % manifestUrls.length] ?? "",
        sink,
        clock,
        signal: this.#stop.signal,
        name,
      });
    } catch (error) {
      events.event({
        kind: "note",
        text: `${name} could not be started: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
      });
      return null;
    }
  }

  #pageOf(index: number): PlayerPage {
    const page = this.#pages[index];
    if (page?.status !== "fulfilled") throw page?.reason ?? new Error("it has no page");
    return page.value;
  }

  /** Ends the watching; what is open then, as a stall, counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    for (const [index, joining] of this.#joining) {
      const player = await joining;
      if (player === null) continue;
      const { stalls, startupMs, decodedFrames, droppedFrames, errors } = player.state();
      this.#options.events.event({
        kind: "note",
        text: `player-${index + 1} ${startupMs === null ? "never started" : `started after ${Math.round(startupMs)} ms`}; ${stalls.length} stalls, ${stalls.filter(({ starved }) => starved).length} of them with an empty buffer; ${decodedFrames} frames, ${droppedFrames} dropped; ${errors.length} errors`,
      });
      await player[Symbol.asyncDispose]();
    }
    // Those who never pressed play, or could not. Closing a page twice does nothing.
    for (const page of this.#pages)
      if (page.status === "fulfilled") await page.value[Symbol.asyncDispose]();
  }
}
