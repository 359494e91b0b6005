/**
 * The players of a run. Each joins at the start of its phase and watches to the end of the last
 * phase.
 */
import { dialled, entriesOf } from "../../../../harness/target/entries.ts";
import { urlOf } from "../../../../harness/target/layout.ts";
import type { PlayersContext, RunningPlayers } from "../../../../harness/target/pack-players.ts";
import { streamOf } from "../stream/stream.ts";
import { openPlayerPage, type Player, type PlayerPage, startPlayer } from "./player.ts";

export class WatchingPlayers implements RunningPlayers {
  readonly #options: PlayersContext;
  /** The streams' addresses, which the players use in turn. */
  readonly #manifestUrls: readonly string[];
  readonly #stop = new AbortController();
  readonly #joining = new Map<number, Promise<Player | null>>();
  readonly #pages: readonly PromiseSettledResult<PlayerPage>[];

  private constructor(options: PlayersContext, pages: readonly PromiseSettledResult<PlayerPage>[]) {
    this.#options = options;
    this.#pages = pages;
    const { deployment } = options;
    this.#manifestUrls = entriesOf(deployment).map(
      (entry) => `${urlOf(dialled(entry))}${streamOf(deployment.layout).manifestPath ?? ""}`,
    );
  }

  /** Resolves when every player's page is loaded and ready to start. */
  static async open(options: PlayersContext): Promise<WatchingPlayers> {
    return new WatchingPlayers(
      options,
      await Promise.allSettled(options.joins.map(() => openPlayerPage(options.browser))),
    );
  }

  /** Returns at once: a late join is a sample, not a delay of the run. */
  phaseBegan(phase: string): void {
    if (this.#stop.signal.aborted) return;
    for (const [index, joins] of this.#options.joins.entries())
      if (joins === phase) this.#joining.set(index, this.#join(index));
  }

  /** A player whose page does not open leaves no samples, so its claims are not shown to hold. */
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

  /** Ends the observation. An open stall then counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    for (const [index, joining] of this.#joining) {
      const player = await joining;
      if (player === null) continue;
      const { stalls, startupMs, decodedFrames, droppedFrames, errors } = player.state();
      const started =
        startupMs === null ? "never started" : `started after ${Math.round(startupMs)} ms`;
      this.#options.note(
        `player-${index + 1} ${started}; ` +
          `${stalls.length} stalls, ${stalls.filter(({ starved }) => starved).length} of them ` +
          `with an empty buffer; ${decodedFrames} frames, ${droppedFrames} dropped; ` +
          `${errors.length} errors`,
      );
      await player[Symbol.asyncDispose]();
    }
    // Players that never started. A page may be closed twice.
    for (const page of this.#pages)
      if (page.status === "fulfilled") await page.value[Symbol.asyncDispose]();
  }
}
