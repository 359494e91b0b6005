/**
 * Requests and stalls of the modelled viewer against the real player, dash.js or hls.js in
 * Chromium. Two real ones and a modelled one watch the reference target side by side, each over a
 * line of its own. All lines become thin for a while. Then one segment is missing at first, and
 * later no segment arrives for a while. Prints the edit distance of the requests by kind, and the
 * stalled seconds, with the spread of the two real ones beside them.
 *
 *     node_modules/.bin/node benchmarks/players.ts dash.js|hls.js [SECONDS]
 */
import { editDistance } from "../test/support/edit-distance.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { chromiumPath, openBrowser } from "../harness/system/browser.ts";
import { StallWatch } from "../targets/live-streaming/pack/players/stalls.ts";
import { drive } from "../targets/live-streaming/pack/viewer/drive.ts";
import type { Answer, Wanted } from "../targets/live-streaming/pack/viewer/requests.ts";
import { type Recorded, Session } from "../targets/live-streaming/pack/viewer/session.ts";
import { deployed } from "../test/support/live-streaming/deployed.ts";
import { realPlayers, serveRealPlayer } from "./library/players-page.ts";
import { type Line, lineTo, type Noted, type Weather } from "./library/thin-line.ts";

const player = realPlayers.find((one) => one === process.argv[2]) ?? "dash.js";
const seconds = Number(process.argv[3] ?? 120);
const path = player === "dash.js" ? "/live/main/manifest.mpd" : "/live/main/master.m3u8";

const weather: Weather = {
  rateAt: (ms) => (ms > 30_000 && ms < 55_000 ? 1_200_000 : 10_000_000),
  missingAfterMs: 70_000,
  heldMs: [85_000, 94_000],
};

interface Watched {
  readonly line: Line;
  startupMs: number | null;
  stalledMs: number;
}

async function real(context: Context, line: Line): Promise<Watched> {
  using page = await serveRealPlayer(player);
  const tab = await context.newPage();
  await tab.goto(page.url);
  line.begin();
  const startedMs = Date.now();
  await tab.evaluate(`start(${JSON.stringify(line.url + path)})`);
  await sleep(1_000 * seconds);
  const ticks = (await tab.evaluate("take()")) as readonly (readonly [number, number, number])[];
  await tab.close();
  const watch = new StallWatch(startedMs);
  for (const [atMs, mediaS, aheadS] of ticks)
    watch.see({ atMs, mediaS, aheadS, meantToMove: true });
  return { line, startupMs: watch.startupMs, stalledMs: watch.stalledMs(ticks.at(-1)?.[0] ?? 0) };
}

type Context = Awaited<ReturnType<typeof openBrowser>>["context"];

async function modelled(line: Line): Promise<Watched> {
  line.begin();
  const startMs = Date.now();
  const recorded: Recorded[] = [];
  const session = new Session({
    url: line.url + path,
    audience: {},
    startMs,
    endMs: startMs + 1_000 * seconds,
    draw: () => 0.5,
  });
  await new Promise<void>((over) =>
    drive(session, {
      nowMs: () => Date.now(),
      after: (ms, run) => void setTimeout(run, ms),
      record: (one) => void recorded.push(one),
      over,
      send: (wanted, answered) => void asked(wanted).then(answered),
    }),
  );
  const sum = (metric: string): number =>
    recorded.filter((one) => one.metric === metric).reduce((total, { value }) => total + value, 0);
  return { line, startupMs: sum("viewer_startup_ms"), stalledMs: sum("viewer_stall_ms") };
}

async function asked({ url, timeoutMs, isText }: Wanted): Promise<Answer> {
  const askedMs = Date.now();
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    const firstByteMs = Date.now();
    const body = Buffer.from(await response.arrayBuffer());
    return {
      status: response.status,
      askedMs,
      firstByteMs,
      endMs: Date.now(),
      bytes: body.length,
      ...(isText ? { text: body.toString() } : {}),
    };
  } catch (error) {
    const timedOut = (error as Error).name === "TimeoutError";
    return { status: 0, timedOut, askedMs, firstByteMs: askedMs, endMs: Date.now(), bytes: 0 };
  }
}

const kinds = ["manifest", "clock", "playlist", "init", "video", "audio"];
const of = ({ line }: Watched, kind: string): readonly string[] =>
  line.noted.filter((one: Noted) => one.kind === kind).map(({ what }) => what);

const chromium = chromiumPath(process.env);
if (chromium === null) throw new Error("No Chromium found");
await using target = await deployed();
await using browser = await openBrowser(chromium, { scripts: true, online: true });
const edge = target.at("region-a/edge", "http");
using first = await lineTo(edge, weather);
using second = await lineTo(edge, weather);
using third = await lineTo(edge, weather);
const [a, b, model] = await Promise.all([
  real(browser.context, first),
  real(browser.context, second),
  modelled(third),
]);
const share = (distance: number, of: number): string =>
  `${distance} of ${of} (${of === 0 ? 0 : Math.round((1_000 * distance) / of) / 10} %)`;
let [all, allSpread, count] = [0, 0, 0];
for (const kind of kinds) {
  const [one, other, own] = [of(a, kind), of(b, kind), of(model, kind)];
  const distance = Math.min(editDistance(one, own), editDistance(other, own));
  const spread = editDistance(one, other);
  [all, allSpread, count] = [all + distance, allSpread + spread, count + one.length];
  console.log(
    `${kind.padEnd(9)} model ${share(distance, one.length)}, ` +
      `spread of ${player} ${share(spread, one.length)}`,
  );
}
console.log(`all       model ${share(all, count)}, spread ${share(allSpread, count)}`);
for (const [name, { startupMs, stalledMs }] of Object.entries({ a, b, model }))
  console.log(
    `${name.padEnd(9)} started after ${Math.round(startupMs ?? Number.NaN)} ms, ` +
      `stalled for ${(stalledMs / 1_000).toFixed(1)} s`,
  );
const log = process.env["SEAWALL_PLAYERS_LOG"];
if (log !== undefined) {
  const { writeFileSync } = await import("node:fs");
  const plain = ({ line, ...rest }: Watched) => ({ ...rest, noted: line.noted });
  writeFileSync(log, JSON.stringify({ a: plain(a), b: plain(b), model: plain(model) }));
}
