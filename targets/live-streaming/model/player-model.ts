/**
 * A modelled player, as a buffer. It plays at a distance behind live and requests each segment of
 * picture and sound from its one edge when due. It retries after an error, stalls when either
 * buffer is empty, and catches up by playing a little faster.
 */
import type { ModelUser, Simulation } from "../../../harness/target/model.ts";
import { publishAtMs, segmentInProduction, segmentMs } from "../stream/template.ts";
import type { Answer } from "./request.ts";
import { calibration, draw } from "./calibration.ts";
import type { Watched } from "./fetch-model.ts";
import { streamOf } from "../pack/stream/stream.ts";

/** As the real player's page configures dash.js, and dash.js's defaults. */
const liveDelayMs = 6_000,
  retryMs = 500,
  requestMs = 20_000,
  fasterBy = 0.1,
  bufferMsMax = 18_000;
/**
 * Closer to its target distance than this, it does not speed up. With less buffered than this, it
 * neither speeds up nor resumes.
 */
const driftMs = 100,
  enoughMs = 500;

interface Track {
  readonly rendition: string;
  next: number;
  loadedUntilMs: number;
}

export class BufferedPlayer implements ModelUser {
  readonly #simulation: Simulation;
  readonly #edge: Watched;
  readonly #tracks: readonly Track[];
  /** Media time, in ms since the epoch. */
  #positionMs: number;
  #atMs: number;
  #isPlaying = false;
  #left = false;

  constructor(simulation: Simulation, edge: Watched) {
    this.#simulation = simulation;
    this.#edge = edge;
    this.#atMs = simulation.nowMs();
    this.#positionMs = this.#atMs - liveDelayMs;
    const first = segmentInProduction(this.#positionMs);
    const { renditions } = streamOf(simulation.layout);
    // The best picture: no line in the model is too narrow for it.
    const kinds = ["video", "audio"].map(
      (kind) =>
        renditions
          .filter((one) => one.kind === kind)
          .sort((a, b) => b.bitsPerSecond - a.bitsPerSecond)[0],
    );
    this.#tracks = kinds.flatMap((one) =>
      one === undefined
        ? []
        : [{ rendition: one.name, next: first, loadedUntilMs: this.#positionMs }],
    );
    simulation.after(draw(calibration.playerSetUp, simulation), () => {
      for (const track of this.#tracks) this.#fetch(track);
    });
  }

  look(): { readonly mediaS: number; readonly aheadS: number } {
    this.#advance();
    return { mediaS: this.#positionMs / 1_000, aheadS: this.#aheadMs() / 1_000 };
  }

  leave(): void {
    this.#left = true;
  }

  #aheadMs(): number {
    return Math.min(...this.#tracks.map(({ loadedUntilMs }) => loadedUntilMs)) - this.#positionMs;
  }

  #advance(): void {
    const nowMs = this.#simulation.nowMs();
    const passedMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    if (!this.#isPlaying) return;
    const catchesUp =
      nowMs - this.#positionMs > liveDelayMs + driftMs && this.#aheadMs() > enoughMs;
    const aheadMs = this.#aheadMs();
    const byMs = passedMs * (catchesUp ? 1 + fasterBy : 1);
    this.#positionMs += Math.min(byMs, aheadMs);
    if (byMs >= aheadMs) this.#isPlaying = false;
  }

  #fetch(track: Track): void {
    if (this.#left) return;
    this.#advance();
    const nowMs = this.#simulation.nowMs();
    const waitMs = Math.max(
      publishAtMs(track.next) - nowMs,
      track.loadedUntilMs - this.#positionMs - bufferMsMax,
    );
    if (waitMs > 0) this.#simulation.after(waitMs, () => this.#fetch(track));
    else this.#ask(track);
  }

  #ask(track: Track): void {
    const asked = { rendition: track.rendition, number: track.next };
    this.#simulation.request<Answer>({
      from: null,
      to: this.#edge.node,
      port: "http",
      timeoutMs: requestMs,
      serve: (reply) => this.#edge.get(asked, 1, reply),
      done: (answer) => {
        if (answer?.status === 200) this.#load(track);
        else this.#simulation.after(retryMs, () => this.#fetch(track));
      },
    });
  }

  #load(track: Track): void {
    this.#advance();
    track.next += 1;
    track.loadedUntilMs = track.next * segmentMs;
    if (this.#aheadMs() >= enoughMs) this.#isPlaying = true;
    this.#fetch(track);
  }
}
