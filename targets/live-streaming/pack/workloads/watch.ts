/**
 * Viewers who watch: one iteration is one player, from pressing play to leaving. It reads the
 * manifest or the playlists, fills its buffers, chooses renditions, stalls and continues as dash.js
 * and hls.js do. `viewer/` has the player; this script sends its requests.
 */
import exec from "k6/execution";
import http from "k6/http";
import { Trend } from "k6/metrics";
import { setTimeout } from "k6/timers";
import { type Audience, audienceIn, endOf, entryFor, togetherAt } from "../viewer/audience.ts";
import { cmcdHeaders, cmcdOf, type CmcdSession, withCmcdQuery } from "../viewer/cmcd.ts";
import type { Answer as Given, Wanted } from "../viewer/requests.ts";
import { drive } from "../viewer/drive.ts";
import { Session } from "../viewer/session.ts";
import { isSegment } from "./library/look-at-body.ts";
import { alongEdge, type Arrived, redirectOf, redirectsMax } from "./library/addresses.ts";
import { random } from "./library/random.ts";
import { type Edge, optionsOf, settings } from "./library/settings.ts";

export const options = optionsOf({ watch: 1 });
export const needs = ["content"] as const;
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  watch: [
    { metric: "viewer_startup_ms", lane: "live", patienceMs: 10_000 },
    { metric: "viewer_stall_ms", lane: "live", later: true },
    { metric: "viewer_rebuffer_ratio", lane: "live", later: true },
    { metric: "viewer_session_rebuffer_ratio", lane: "live", later: true },
    { metric: "viewer_latency_ms", lane: "live", later: true },
    { metric: "viewer_bitrate", lane: "live", later: true },
    { metric: "viewer_switches", lane: "live", later: true },
    { metric: "viewer_failures", lane: "live", later: true },
  ],
} as const;

const trends = Object.fromEntries(
  plays.watch.map(({ metric }) => [metric, new Trend(metric, metric.endsWith("_ms"))]),
);
const startLateMs = new Trend("start_late_ms", true);

/** Separate from the draws of other workloads' viewers. */
const draws = { stay: 20, rewinds: 21, rewindAt: 22, entry: 23, id: 24, check: 40 } as const;

export async function watch(): Promise<void> {
  const audience = audienceIn(__ENV);
  const loadStartMs = exec.scenario.startTime;
  const together = togetherAt(audience, settings, loadStartMs);
  if (together !== null && together > Date.now()) {
    await new Promise<void>((woken) => {
      setTimeout(() => woken(), together - Date.now());
    });
    startLateMs.add(Math.max(0, Date.now() - together));
  }
  const edge = entryFor(settings.edges, audience, random(draws.entry));
  const { manifestPath, source } = settings.stream;
  const path = audience.manifestPath ?? source?.path ?? manifestPath ?? "/manifest.mpd";
  const session = new Session({
    url: edge.url + path,
    audience,
    startMs: Date.now(),
    endMs: endOf(settings, loadStartMs),
    draw: (which) => random(draws[which]),
  });
  const ids = { id: sessionId(), content: settings.stream.event };
  let looks = 0;
  await new Promise<void>((over, broke) => {
    /** An exception in a timer or an answer ends the iteration, as one outside of them does. */
    const safely = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        broke(error);
      }
    };
    drive(session, {
      nowMs: () => Date.now(),
      after: (ms, run) => void setTimeout(() => safely(run), Math.ceil(ms)),
      record: ({ metric, value, tags }) =>
        trends[metric]?.add(value, { ...tags, entry: edge.name }),
      over,
      send: (wanted, answered) => {
        const checks =
          wanted.kind === "segment" &&
          audience.checkShare !== undefined &&
          random(draws.check + looks++) < audience.checkShare;
        const askedMs = Date.now();
        ask(wanted, edge, audience, { session, ids }, checks).then((arrived) => {
          const answer = answerOf(arrived, wanted, askedMs);
          const isGood = !checks || answer.status !== 200 || looksRight(arrived, wanted, edge);
          safely(() => answered(isGood ? answer : { ...answer, status: 0 }));
        }, broke);
      },
    });
  });
}

/** Sends it, and follows redirects; k6 itself reaches only allowed hosts. */
async function ask(
  wanted: Wanted,
  edge: Edge,
  { cmcd: mode = "header" }: Audience,
  viewer: { readonly session: Session; readonly ids: CmcdSession },
  checks: boolean,
): Promise<Arrived> {
  const { range, isText, timeoutMs } = wanted;
  const { session, ids } = viewer;
  const values = mode === "off" ? {} : cmcdOf(wanted, session.viewer, ids, session.takeStarved());
  const params = {
    headers: {
      ...(mode === "header" ? cmcdHeaders(values) : {}),
      ...(isText ? { "Accept-Encoding": "gzip" } : {}),
      ...(range === undefined
        ? {}
        : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }),
    },
    tags: { entry: edge.name },
    timeout: timeoutMs,
    responseType: isText ? "text" : checks ? "binary" : "none",
  } as const;
  let at = mode === "query" ? withCmcdQuery(wanted.url, values) : wanted.url;
  for (let redirects = 0; ; redirects++) {
    const { url, params: all } = alongEdge(edge, at, params);
    const answer = await http.asyncRequest("GET", url, null, all);
    const next = redirects === redirectsMax ? null : redirectOf(answer, at);
    if (next === null) return { answer, url: at };
    at = next;
  }
}

/** k6's code for a request that took too long. */
const timeoutCode = 1_050;

function answerOf({ answer, url }: Arrived, { isText, ...wanted }: Wanted, askedMs: number): Given {
  const { status, error_code: code, timings, headers, body } = answer;
  const endMs = Date.now();
  const length = Number(headers["Content-Length"] ?? Number.NaN);
  // Those between are answers: 4xx and 5xx.
  const failed = code !== 0 && (code < 1_400 || code >= 1_600);
  return {
    status: failed ? 0 : status,
    timedOut: code === timeoutCode,
    askedMs,
    firstByteMs: Math.max(askedMs, endMs - timings.receiving),
    endMs,
    bytes: Number.isFinite(length) ? length : null,
    ...(isText && typeof body === "string" ? { text: body } : {}),
    ...(url === wanted.url ? {} : { url }),
  };
}

function looksRight({ answer }: Arrived, { rendition = "", sequence = 0 }: Wanted, edge: Edge) {
  const asked = { lane: "live", entry: edge.name, rendition, number: sequence };
  return isSegment(answer, asked, answer.headers["X-Defects"] !== undefined);
}

/** The same for each viewer of a seed, and different from all others of the run. */
function sessionId(): string {
  const part = (which: number): string =>
    Math.floor(random(draws.id + which) * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  return `${part(0)}-${part(1)}-${exec.scenario.iterationInTest}`;
}
