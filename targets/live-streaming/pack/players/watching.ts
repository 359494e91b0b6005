/** The players of a run: each joins as its phase begins, and watches to the end of the last one. */
import { dialled, entriesOf } from "../../../../harness/target/entries.ts";
import { urlOf } from "../../../../harness/target/layout.ts";
import type { PlayersContext, RunningPlayers } from "../../../../harness/target/pack-players.ts";
import type { StreamLayout } from "../stream/stream-layout.ts";
import { openPlayerPage, type Player, type PlayerPage, startPlayer } from "./player.ts";

export class WatchingPlayers implements RunningPlayers {
  readonly #options: PlayersContext;
  /** Where their streams are; the players take them in turn. */
  readonly #manifestUrls: readonly string[];
  readonly #stop = new AbortController();
  readonly #joining = new Map<number, Promise<Player | null>>();
  readonly #pages: readonly PromiseSettledResult<PlayerPage>[];

  private constructor(options: PlayersContext, pages: readonly PromiseSettledResult<PlayerPage>[]) {
    this.#options = options;
    this.#pages = pages;
    const { deployment } = options;
    this.#manifestUrls = entriesOf(deployment).map(
      (entry) =>
        `${urlOf(dialled(entry))}${(deployment.layout as StreamLayout).manifestPath ?? ""}`,
    );
  }

  /** Resolves when all of them have their page before them and need only press play. */
  static async open(options: PlayersContext): Promise<WatchingPlayers> {
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

  /**
   * One that cannot even open its page leaves no samples, so that what is claimed of it is not
   * shown.
   */
  async #join(index: number): Promise<Player | null> {
    const { sink, note, clock } = this.#options;
    const name = `player-${index + 1}`;
    try {
      return await startPlayer({
        opened: this.#pageOf(index),
        manifestUrl: this.#manifestUrls[index % this.#manifestUrls.length] ?? "",
        sink,
        clock,
        signal: this.#stop.signal,
        name,
      });
    } catch (error) {
      note(
        `${name} could not be started: ` +
          `${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
      );
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
      this.#options.note(
        `player-${index + 1} ` +
          `${startupMs === null ? "never started" : `started after ${Math.round(startupMs)} ms`}; ` +
          `${stalls.length} stalls, ${stalls.filter(({ starved }) => starved).length} of them ` +
          `with an empty buffer; ${decodedFrames} frames, ${droppedFrames} dropped; ` +
          `${errors.length} errors`,
      );
      await player[Symbol.asyncDispose]();
    }
    // Those who never pressed play, or could not. Closing a page twice does nothing.
    for (const page of this.#pages)
      if (page.status === "fulfilled") await page.value[Symbol.asyncDispose]();
  }
}
