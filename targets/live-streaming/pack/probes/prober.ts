/**
 * The prober: the harness's own viewer. It requests from each edge what viewers request, with their
 * protocol and timing (`probes/probe-schedule.ts`). It is independent of the load generator, so it
 * shows whether the target or a starved machine causes a bad figure. It also reads the bodies.
 */
import { createHash } from "node:crypto";
import { Agent } from "node:http";
import { type BodyProblem, type Container, leastBytes, lookAtBody } from "../stream/body.ts";
import { printOf } from "../../../../harness/metrics/print.ts";
import { dialled, entriesOf } from "../../../../harness/target/entries.ts";
import type { Endpoint } from "../../../../harness/target/layout.ts";
import type { Clock, Deployment } from "../../../../harness/target/deployment.ts";
import type { SampleSink } from "../../../../harness/metrics/samples.ts";
import { prng } from "../../../../harness/base/prng.ts";
import { newestDue, type ProbeRequest, probeRequests } from "./probe-schedule.ts";
import { segmentPath, type Stream, streamOf } from "../stream/stream.ts";
import { decoded, type Fetched } from "../../../../harness/system/fetch-body.ts";
import { Sessions } from "../../../../harness/system/session.ts";
import type { Delivery } from "./delivered.ts";
import { type ListedAnswer, ListedSegments } from "./listed.ts";
import { Origins } from "../source/origins.ts";

/** A viewer's patience at the live edge. */
const timeoutMs = 4_000;
/** A viewer's pause before it asks again for a segment that does not exist yet. */
const retryMs = 250;
/** Some of the viewers' requests use an open connection and some do not. */
const freshShare = 0.5;

export interface ProberOptions {
  readonly deployment: Deployment;
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether this run has DVR viewers. */
  readonly asksPast: boolean;
  readonly delivered: (delivery: Delivery) => void;
  /** As it was read after deployment; else that of the layout. */
  readonly stream?: Stream | undefined;
  /** Writes a sentence into the record. */
  readonly note?: (text: string) => void;
  /** Of a stream with a playlist: whether traffic may go to a host. */
  readonly isAllowed?: ((host: string) => boolean) | undefined;
  /** [0, 1). */
  readonly random?: () => number;
}

/** Runs until the signal aborts; never rejects. */
export async function runProber(options: ProberOptions): Promise<void> {
  const { deployment, sink, clock, signal } = options;
  const random = options.random ?? prng(Math.floor(clock.nowMs()));
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const sessions = new Sessions(agent);
  const { entries: edges } = deployment.layout;
  const stream = options.stream ?? streamOf(deployment.layout);
  const endpoints = entriesOf(deployment).map(dialled);
  const listed = listedAt(options, stream, sessions);
  const late = sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} });
  const asked = new Set<Promise<void>>();
  if (edges.length === 0) return;
  try {
    for (let number = newestDue(stream, clock.nowMs()) + 1; !signal.aborted; number += 1) {
      const wishes = edges.flatMap((edge, index) =>
        probeRequests(stream, number, options.asksPast, random).map((wish) => ({
          edge: edge.service,
          endpoint: endpoints[index] as Endpoint,
          wish,
        })),
      );
      for (const { edge, endpoint, wish } of wishes.sort((a, b) => a.wish.atMs - b.wish.atMs)) {
        await clock.sleep(Math.max(0, wish.atMs - clock.nowMs()), signal);
        sink.sample(late, clock.nowMs(), Math.max(0, clock.nowMs() - wish.atMs));
        const one = watch(edge, endpoint, wish).finally(() => asked.delete(one));
        asked.add(one);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(asked);
    agent.destroy();
  }

  /** Asks again while the segment does not exist yet and a viewer would still wait. */
  async function watch(edge: string, endpoint: Endpoint, wish: ProbeRequest): Promise<void> {
    for (
      let intendedMs = wish.atMs;
      intendedMs < wish.atMs + timeoutMs;
      intendedMs = clock.nowMs() + retryMs
    ) {
      if (intendedMs > clock.nowMs())
        await clock.sleep(intendedMs - clock.nowMs(), signal).catch(() => undefined);
      if (signal.aborted || (await ask(edge, endpoint, wish, intendedMs)) !== 404) return;
    }
  }

  /** One segment: of a playlist, or the one that the clock says. */
  async function fetchOne(
    edge: string,
    endpoint: Endpoint,
    wish: ProbeRequest,
  ): Promise<ListedAnswer> {
    const own = random() < freshShare ? false : agent;
    const { rendition, number, lane } = wish;
    const back = newestDue(stream, wish.atMs) - number;
    const follower = listed.get(edge);
    if (follower !== undefined)
      return follower.fetch({ rendition, lane, back: lane === "live" ? 0 : back }, own, timeoutMs);
    const path = segmentPath(stream, rendition, number);
    const answer = await sessions.fetch(endpoint, path, { agent: own, timeoutMs, signal });
    return { answer, status: answer.status, number };
  }

  /** Returns the status; 0 without an answer. */
  async function ask(
    edge: string,
    endpoint: Endpoint,
    wish: ProbeRequest,
    intendedMs: number,
  ): Promise<number> {
    const { answer, number, status } = await fetchOne(edge, endpoint, wish).catch(() => missed);
    if (signal.aborted) return 0;
    const atMs = clock.nowMs();
    const seen =
      answer === null || !isServed(answer.status) || answer.body === null
        ? null
        : await lookAt(answer, answer.body, stream, { ...wish, number });
    sink.sample(
      sink.series({
        metric: "canary_ms",
        kind: "duration",
        tags: { entry: edge, lane: wish.lane, outcome: outcomeOf(answer, seen, status) },
      }),
      atMs,
      atMs - intendedMs,
    );
    if (seen === null) return status;
    const { rendition, lane } = wish;
    sink.sample(
      sink.series({
        metric: "body_seen",
        kind: "event",
        tags: {
          lane,
          entry: edge,
          rendition,
          by: "prober",
          container: seen.container,
          problem: seen.problem ?? "none",
        },
      }),
      intendedMs,
      seen.print,
    );
    sink.sample(
      sink.series({ metric: "canary_bytes", kind: "event", tags: { entry: edge, rendition } }),
      intendedMs,
      seen.bytes,
    );
    options.delivered({
      edge,
      rendition,
      number,
      atMs: intendedMs,
      sha256: seen.sha256,
      label: labelOf(stream, answer),
    });
    return 200;
  }
}

interface Seen {
  readonly container: Container;
  readonly problem: BodyProblem | "flagged" | null;
  readonly print: number;
  readonly sha256: string;
  readonly bytes: number;
}

async function lookAt(
  { headers }: Fetched,
  body: Buffer,
  stream: Stream,
  { rendition, number }: ProbeRequest,
): Promise<Seen> {
  const encoding = headers["content-encoding"];
  const bytes = await decoded(body, encoding);
  const sha256 = createHash("sha256")
    .update(bytes ?? body)
    .digest("hex");
  const length = headers["content-length"];
  const look =
    bytes === null
      ? ({ container: "unknown", problem: "encoding" } as const)
      : lookAtBody(bytes, {
          contentType: headers["content-type"],
          contentLength:
            encoding !== undefined || length === undefined ? undefined : Number(length),
          leastBytes: leastBytes(stream, rendition),
        });
  // A player skips a segment that is marked as defective.
  return {
    container: look.container,
    problem: headers["x-defects"] === undefined ? look.problem : "flagged",
    print: printOf(number, sha256),
    sha256,
    bytes: body.length,
  };
}

/** A range of a file is answered with 206. */
function isServed(status: number): boolean {
  return status === 200 || status === 206;
}

const missed: ListedAnswer = { answer: null, status: 0, number: 0 };

/** A stream with another problem each second must not fill the record. A chosen value. */
const notesMax = 20;

/** By edge, of a stream that has a playlist. */
function listedAt(
  { deployment, clock, signal, note = () => {}, isAllowed = () => false }: ProberOptions,
  { source }: Stream,
  sessions: Sessions,
): ReadonlyMap<string, ListedSegments> {
  const { entries } = deployment.layout;
  if (source === undefined) return new Map();
  const ways = entriesOf(deployment);
  const origins = new Origins(ways, isAllowed);
  const noted = new Set<string>();
  return new Map(
    ways.map((entry, index) => {
      const name = entries[index]?.service ?? "";
      return [
        name,
        new ListedSegments({
          entry,
          origins,
          sessions,
          source,
          signal,
          nowMs: () => clock.nowMs(),
          note: (text) => {
            if (noted.has(text) || noted.size >= notesMax) return;
            noted.add(text);
            note(`${name}: ${text}`);
          },
        }),
      ];
    }),
  );
}

function outcomeOf(answer: Fetched | null, seen: Seen | null, status: number): string {
  if (answer === null) return isServed(status) || status === 0 ? "failed" : String(status);
  if (isServed(answer.status) && seen === null) return "failed";
  if (!isServed(answer.status)) return String(answer.status);
  return seen?.problem === null || seen?.problem === "flagged" ? "served" : "wrong";
}

function labelOf({ digestHeader }: Stream, answer: Fetched | null): string | null | undefined {
  if (digestHeader === undefined) return undefined;
  const label = answer?.headers[digestHeader.toLowerCase()];
  return typeof label === "string" ? label : null;
}
