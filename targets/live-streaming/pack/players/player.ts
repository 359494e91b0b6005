/**
 * A real viewer: dash.js in a browser, playing a manifest. Its observations become samples, so that
 * an experiment can claim a player's start-up, stalls and latency beside the load generator's
 * figures.
 */
import { z } from "zod";
import { PlayerAccount, playerTakenEveryMs, type PlayerState } from "./account.ts";
import type { Clock } from "../../../../harness/target/deployment.ts";
import type { SampleSink } from "../../../../harness/metrics/samples.ts";
import type { BrowserPage, BrowserPages } from "../../../../harness/target/pack-players.ts";
import { servePlayerPage } from "./page-server.ts";

const takeMsMax = 2_000;

/** A loaded page with a player that has not started. */
export interface PlayerPage extends AsyncDisposable {
  readonly page: BrowserPage;
}

/**
 * Rejects if the browser cannot open the page. Opening it loads a small machine heavily for a
 * moment, which is not part of a viewer's wait.
 */
export async function openPlayerPage(browser: BrowserPages): Promise<PlayerPage> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await servePlayerPage());
  const page = await browser.newPage();
  opened.defer(() => page.close());
  await page.goto(server.url);
  const owned = opened.move();
  return { page, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export interface PlayerOptions {
  /** Closes with the player. */
  readonly opened: PlayerPage;
  readonly manifestUrl: string;
  readonly sink: SampleSink;
  readonly clock: Clock;
  /** Stops playing. All samples until then are in the sink. */
  readonly signal: AbortSignal;
  /** Distinguishes its samples from those of other players. */
  readonly name: string;
  /** The target latency behind live, in s. */
  readonly liveDelayS?: number;
  /** Plays this video rendition only, without adaptation. */
  readonly rendition?: string;
}

/** The page's report. Times are epoch ms of the same machine. */
const seen = z.object({
  ticks: z.array(z.tuple([z.number(), z.number(), z.boolean(), z.number()])),
  renditions: z.array(z.tuple([z.number(), z.string().nullable()])),
  errors: z.array(z.tuple([z.number(), z.string(), z.string()])),
  rendered: z.string().nullable(),
  heightPx: z.number(),
  decodedFrames: z.number(),
  droppedFrames: z.number(),
  decodedAudioBytes: z.number(),
  clockOffsetMs: z.number().nullable(),
  atMs: z.number(),
  mediaS: z.number(),
});

export interface Player extends AsyncDisposable {
  readonly page: BrowserPage;
  state(): PlayerState;
  /** Plays only this rendition from now on. */
  choose(rendition: string): Promise<void>;
  seekBehindLive(seconds: number): Promise<void>;
}

/** Starts playing. Rejects if the page is gone. Later events are samples. */
export async function startPlayer(options: PlayerOptions): Promise<Player> {
  const { opened, manifestUrl, signal, clock } = options;
  const { page } = opened;
  const startedMs = clock.nowMs();
  await page.evaluate(
    `seawall.start(${JSON.stringify({
      manifestUrl,
      liveDelayS: options.liveDelayS ?? 6,
      retryAttempts: 100,
      retryIntervalMs: 500,
      firstRendition: options.rendition ?? null,
    })})`,
  );
  const account = new PlayerAccount(options, startedMs);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const watching = watch(page, account, clock, either);
  return {
    page,
    state: () => account.state(),
    choose: async (rendition) => {
      await page.evaluate(`seawall.choose(${JSON.stringify(rendition)})`);
    },
    seekBehindLive: async (seconds) => {
      await page.evaluate(`seawall.seekBehindLive(${Number(seconds)})`);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
      await opened[Symbol.asyncDispose]();
    },
  };
}

async function watch(
  page: BrowserPage,
  account: PlayerAccount,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let ended = false; !ended; ) {
    await clock.sleep(playerTakenEveryMs, signal).catch(() => {
      ended = true;
    });
    const patience = new AbortController();
    const taken = await Promise.race([
      page.evaluate("seawall.take()").then(
        (value) => seen.parse(value),
        () => null,
      ),
      clock.sleep(takeMsMax, patience.signal).then(
        () => null,
        () => null,
      ),
    ]);
    patience.abort();
    account.add(taken, clock.nowMs());
  }
  account.close();
}
