/**
 * A real viewer: dash.js in a browser, playing a manifest. What it saw becomes samples, so that an experiment can claim start-up, stalls
 * and latency of a player beside the load generator's figures.
 */
import type { Page } from "playwright-core";
import { z } from "zod";
import type { Clock, SampleSink } from "../../core/ports.ts";
import type { Browser } from "../../system/browser.ts";
import { servePlayerPage } from "./page-server.ts";
import { type Stall, StallWatch } from "./stalls.ts";

const takeEveryMs = 500;
const takeMsMax = 2_000;

export interface PlayerOptions {
  readonly browser: Browser;
  readonly manifestUrl: string;
  readonly sink: SampleSink;
  readonly clock: Clock;
  /** Ends the playing; the samples until then are in the sink. */
  readonly signal: AbortSignal;
  /** Tells its samples from those of other players. */
  readonly name: string;
  /** How far behind live it aims to play, in s. */
  readonly liveDelayS?: number;
  /** Plays this video rendition only, instead of choosing by itself. */
  readonly rendition?: string;
}

/** What the page tells; times are epoch ms of the same machine. */
const seen = z.object({
  ticks: z.array(z.tuple([z.number(), z.number(), z.boolean(), z.number()])), renditions: z.array(z.tuple([z.number(), z.string().nullable()])),
  errors: z.array(z.tuple([z.number(), z.string(), z.string()])), rendered: z.string().nullable(),
  heightPx: z.number(), decodedFrames: z.number(), droppedFrames: z.number(), decodedAudioBytes: z.number(), clockOffsetMs: z.number().nullable(),
  atMs: z.number(), mediaS: z.number(),
});
type Seen = z.infer<typeof seen>;

/** Where a player stands, after its latest answer. */
export interface PlayerState {
  /** Null until the first picture moved. */
  readonly startupMs: number | null;
  readonly latencyMs: number;
  /** All that ended, and the open one. */
  readonly stalls: readonly Stall[];
  readonly jumps: number;
  readonly rendition: string | null;
  readonly renditions: readonly string[];
  readonly errors: readonly string[];
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  readonly decodedAudioBytes: number;
  readonly heightPx: number;
  /** By how much dash.js found the server's clock to differ; null when it could not tell. */
  readonly clockOffsetMs: number | null;
}

export interface Player extends AsyncDisposable {
  readonly page: Page;
  state(): PlayerState;
  /** Plays only this rendition from now on. */
  choose(rendition: string): Promise<void>;
  seekBehindLive(seconds: number): Promise<void>;
}

/** Rejects when the browser cannot open the page; whatever happens later is a sample. */
export async function startPlayer(options: PlayerOptions): Promise<Player> {
  const { browser, manifestUrl, signal, clock } = options;
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await servePlayerPage());
  const page = await browser.context.newPage();
  opened.defer(() => page.close());
  await page.goto(server.url);
  const startedMs = clock.nowMs();
  await page.evaluate(`seawall.start(${JSON.stringify({
    manifestUrl, liveDelayS: options.liveDelayS ?? 6, retryAttempts: 100, retryIntervalMs: 500, firstRendition: options.rendition ?? null,
  })})`);
  const account = new Account(options, startedMs);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const watching = watch(page, account, clock, either);
  const owned = opened.move();
  return {
    page, state: () => account.state(),
    choose: async (rendition) => { await page.evaluate(`seawall.choose(${JSON.stringify(rendition)})`); },
    seekBehindLive: async (seconds) => { await page.evaluate(`seawall.seekBehindLive(${Number(seconds)})`); },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
      await owned.disposeAsync();
    },
  };
}

async function watch(page: Page, account: Account, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let ended = false; !ended;) {
    await clock.sleep(takeEveryMs, signal).catch(() => { ended = true; });
    const patience = new AbortController();
    const taken = await Promise.race([
      page.evaluate("seawall.take()").then((value) => seen.parse(value), () => null),
      clock.sleep(takeMsMax, patience.signal).then(() => null, () => null),
    ]);
    patience.abort();
    account.add(taken, clock.nowMs());
  }
  account.close();
}

/** Turns what the page tells into samples. */
class Account {
  readonly #options: PlayerOptions;
  readonly #watch: StallWatch;
  readonly #stalls: Stall[] = [];
  readonly #renditions: string[] = [];
  readonly #errors: string[] = [];
  readonly #startedMs: number;
  #latest: Seen | null = null;
  #readMs: number;
  #readStalledMs = 0;
  #started = false;

  constructor(options: PlayerOptions, startedMs: number) {
    this.#options = options;
    this.#watch = new StallWatch(startedMs);
    this.#startedMs = startedMs;
    this.#readMs = startedMs;
  }

  /** Null: the page did not answer, and whatever it shows is standing still. */
  add(taken: Seen | null, nowMs: number): void {
    for (const [atMs, mediaS, meantToMove, aheadS] of taken?.ticks ?? []) {
      const stall = this.#watch.see({ atMs, mediaS, meantToMove, aheadS });
      if (stall !== null) this.#stalled(stall);
    }
    for (const [, rendition] of taken?.renditions ?? []) if (rendition !== null) this.#renditions.push(rendition);
    for (const [atMs, code, message] of taken?.errors ?? []) {
      this.#errors.push(`${code}: ${message}`);
      this.#sample("player_errors", "event", { code }, atMs, 1);
    }
    this.#latest = taken ?? this.#latest;
    // An answer speaks of the moment at which it was given; silence, of now.
    const readMs = taken?.atMs ?? nowMs;
    const sinceMs = readMs - this.#readMs;
    this.#readMs = readMs;
    const { startupMs } = this.#watch;
    if (startupMs === null) return;
    if (!this.#started) this.#sample("player_startup_ms", "duration", { outcome: "started" }, this.#startedMs + startupMs, startupMs);
    this.#started = true;
    this.#gauges(taken, sinceMs);
  }

  /** The end of the watching: what is open then counts. */
  close(): void {
    const nowMs = this.#readMs;
    if (!this.#started) this.#sample("player_startup_ms", "duration", { outcome: "failed" }, nowMs, nowMs - this.#startedMs);
    const open = this.#watch.openAt(nowMs);
    if (open !== null) this.#stalled(open);
  }

  state(): PlayerState {
    const open = this.#watch.openAt(this.#readMs);
    const { clockOffsetMs, decodedFrames, droppedFrames, decodedAudioBytes, heightPx, rendered, atMs, mediaS } = this.#latest ?? nothing;
    return {
      startupMs: this.#watch.startupMs, latencyMs: atMs - 1000 * mediaS, jumps: this.#watch.jumps, rendition: rendered, renditions: [...this.#renditions],
      stalls: open === null || this.#stalls.at(-1)?.fromMs === open.fromMs ? [...this.#stalls] : [...this.#stalls, open],
      errors: [...this.#errors], decodedFrames, droppedFrames, decodedAudioBytes, heightPx, clockOffsetMs,
    };
  }

  /** A stall belongs to the phase in which it began. */
  #stalled(stall: Stall): void {
    this.#stalls.push(stall);
    this.#sample("player_stall_ms", "event", { state: stall.open ? "open" : "ended", cause: stall.starved ? "buffer" : "device" }, stall.fromMs, stall.forMs);
  }

  #gauges(taken: Seen | null, sinceMs: number): void {
    const stalledMs = this.#watch.stalledMs(this.#readMs);
    const share = Math.min(1, Math.max(0, (stalledMs - this.#readStalledMs) / Math.max(1, sinceMs)));
    this.#sample("player_rebuffer_ratio", "gauge", {}, this.#readMs, share);
    this.#readStalledMs = stalledMs;
    if (taken === null) return;
    if (share === 0) this.#sample("player_stall_ms", "event", { state: "none", cause: "buffer" }, taken.atMs, 0);
    this.#sample("player_latency_ms", "gauge", {}, taken.atMs, taken.atMs - 1000 * taken.mediaS);
    if (taken.rendered !== null) this.#sample("player_height_px", "gauge", {}, taken.atMs, taken.heightPx);
  }

  #sample(metric: string, kind: "duration" | "event" | "gauge", tags: Readonly<Record<string, string>>, atMs: number, value: number): void {
    const { sink, name } = this.#options;
    sink.sample(sink.series({ metric, kind, tags: { ...tags, player: name } }), atMs, value);
  }
}

const nothing = { clockOffsetMs: null, decodedFrames: 0, droppedFrames: 0, decodedAudioBytes: 0, heightPx: 0, rendered: null, atMs: 0, mediaS: 0 } as const;
