/**
 * Reads a stream once: its playlist or manifest, and the playlist of each rendition. What it says
 * becomes the content that a plan or a record holds.
 */
import { Agent } from "node:http";
import { SeawallError } from "../../../../harness/base/errors.ts";
import type { ContentRead, ReadingContext } from "../../../../harness/target/content.ts";
import { urlOf } from "../../../../harness/target/layout.ts";
import { Sessions } from "../../../../harness/system/session.ts";
import { rhythmOfStream } from "../rhythm-of-stream.ts";
import { mediaOf, readMedia, readStream } from "../stream/reading/read-stream.ts";
import { holdBackMs, windowOf } from "../stream/reading/segments.ts";
import { UnreadableStream } from "../stream/reading/unreadable.ts";
import type {
  MediaView,
  RenditionView,
  StreamFormat,
  StreamView,
} from "../stream/reading/views.ts";
import type { Source } from "../stream/source.ts";
import { type Stream, streamOf } from "../stream/stream.ts";
import { type AskOptions, askForText, NoAnswer } from "./ask.ts";
import { Origins } from "./origins.ts";
import { clockAheadMsOf } from "./server-clock.ts";

/** More are not asked for: no test needs them, and each is a request. A chosen value. */
const renditionsMax = 50;

/** Rejects with CONTENT_UNREADABLE and one line. */
export async function readSource(context: ReadingContext): Promise<ContentRead> {
  const described = streamOf(context.layout);
  const { source } = described;
  const [entry] = context.entries;
  if (source === undefined || entry === undefined) throw new Error("there is no stream to read");
  const origins = new Origins(context.entries, context.isAllowed);
  const { basePath = "" } = entry.access ?? {};
  const url = new URL(`${basePath}${source.path}`, urlOf(entry)).href;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const { signal } = context;
  try {
    const options = { origins, agent, signal, sessions: new Sessions(agent) };
    return await read({ described, source, url, options, nowMs: context.nowMs });
  } catch (error) {
    if (error instanceof SeawallError || signal.aborted) throw error;
    throw unreadable(url, error);
  } finally {
    agent.destroy();
  }
}

function unreadable(url: string, error: unknown): SeawallError {
  const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const isOurs = error instanceof UnreadableStream || error instanceof NoAnswer;
  return new SeawallError(
    "CONTENT_UNREADABLE",
    `the stream at ${shown(url)} cannot be read: ${why}`,
    {
      cause: error,
      hint: isOurs
        ? "Compare with `curl -L` of the address, or describe the stream by hand."
        : "Check the address and the session of the stream.",
    },
  );
}

/** A query may hold a token. */
function shown(url: string): string {
  return url.replace(/\?.*$/s, "?…");
}

interface Reading {
  readonly described: Stream;
  readonly source: Source;
  readonly url: string;
  readonly options: AskOptions;
  readonly nowMs: () => number;
}

async function read({ described, source, url, options, nowMs }: Reading): Promise<ContentRead> {
  const answer = await askForText(url, options);
  const { stream, media } = readStream(answer.text, answer.url);
  const [pathway] = stream.steering?.pathways ?? [];
  const own = stream.renditions.filter(
    (one) => pathway === undefined || (one.pathway ?? pathway) === pathway,
  );
  const some = own.slice(0, renditionsMax);
  const medias = await mediasOf(stream, some, media, options);
  const [first] = medias;
  if (first === undefined) throw new UnreadableStream("malformed", "it has no rendition");
  const clockAheadMs = await clockAheadMsOf(stream, options, nowMs);
  const atMs = nowMs();
  const serverMs = atMs + (clockAheadMs ?? 0);
  const window = windowOf(first, serverMs);
  const { newest } = window;
  if (newest === undefined) throw new UnreadableStream("malformed", emptiness(stream, serverMs));
  const segmentMs = usualMs(first, serverMs);
  const ended = medias.every((one) => one.ended);
  // The number that is newest now is that of the last whole period.
  const endMs = newest.dateMs === undefined ? atMs : newest.dateMs + newest.durationMs;
  const availabilityStartMs =
    Math.abs(endMs - atMs) > farMs ? atMs - (atMs % segmentMs) : endMs - (clockAheadMs ?? 0);
  const windowMs = window.toMs - window.fromMs;
  const content: Stream = {
    ...described,
    event: source.path.replace(/\?.*$/s, ""),
    segmentMs,
    availabilityStartMs: availabilityStartMs % segmentMs,
    dvrSegments: ended ? 0 : Math.floor(windowMs / segmentMs),
    renditions: some.flatMap((one) => renditionOf(one, some, stream.format)),
    source: {
      ...source,
      read: {
        format: stream.format,
        atMs,
        ended,
        windowMs,
        lowLatency: isLowLatency(first),
        holdBackMs: holdBackMs(first, false),
        hosts: hostsOf(medias, serverMs, new URL(url).host),
        ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
      },
    },
  };
  return {
    content,
    rhythm: rhythmOfStream(content),
    notes: [
      ...(some.length < own.length
        ? [`the stream has ${own.length} renditions; ${some.length} are used`]
        : []),
      ...(ended ? ["the stream has ended: nothing new appears in it"] : []),
      ...clockNotes(stream, first, newest.dateMs, serverMs),
    ],
  };
}

/** A variant of sound alone often has the playlist of a group. */
function renditionOf(
  { id, kind, bandwidth, url }: RenditionView,
  all: readonly RenditionView[],
  format: StreamFormat,
): Stream["renditions"] {
  if (kind === "text") return [];
  const same = format === "hls" ? all.find((other) => other.url === url)?.id : undefined;
  const copyOf = same === id ? undefined : same;
  return [
    {
      name: id,
      kind,
      bitsPerSecond: bandwidth,
      ...(copyOf === undefined ? {} : { sameAs: copyOf }),
    },
  ];
}

function mediasOf(
  stream: StreamView,
  renditions: readonly RenditionView[],
  media: MediaView | undefined,
  options: AskOptions,
): Promise<readonly MediaView[]> {
  if (media !== undefined) return Promise.resolve([media]);
  return Promise.all(
    renditions.map(async ({ id, url }): Promise<MediaView> => {
      if (stream.format === "dash") return mediaOf(stream, id);
      try {
        const answer = await askForText(url, options);
        return readMedia(answer.text, answer.url, { variables: stream.variables ?? {} });
      } catch (error) {
        if (!(error instanceof UnreadableStream || error instanceof NoAnswer)) throw error;
        throw new NoAnswer(`of its rendition ${id}, ${error.message}`);
      }
    }),
  );
}

/** Further away, the dates of a stream say nothing of now. */
const farMs = 120_000;

function clockNotes(
  { format }: StreamView,
  media: MediaView,
  dateMs: number | undefined,
  nowMs: number,
): string[] {
  if (dateMs === undefined || media.ended || format === "dash") return [];
  const behindMs = nowMs - dateMs;
  return Math.abs(behindMs) < farMs
    ? []
    : [
        `the stream's dates are ${Math.abs(Math.round(behindMs / 1_000))} s ` +
          `${behindMs > 0 ? "behind" : "before"} the clock; its live latency is not known`,
      ];
}

function emptiness({ manifest }: StreamView, nowMs: number): string {
  if (manifest === undefined) return "it lists no segment";
  const { availabilityStartMs } = manifest;
  const start = new Date(availabilityStartMs).toISOString();
  return availabilityStartMs > nowMs
    ? `it begins at ${start}, which is in the future`
    : `no segment of it is available now; its time begins at ${start}`;
}

/** The median length, to a tenth of a second: windows of claims are multiples of it. */
function usualMs(media: MediaView, nowMs: number): number {
  const lengths =
    media.format === "hls"
      ? media.segments.map(({ durationMs }) => durationMs)
      : [windowOf(media, nowMs).newest?.durationMs ?? 0];
  const sorted = lengths.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return Math.max(100, Math.round(median / 100) * 100);
}

function isLowLatency(media: MediaView): boolean {
  return media.format === "hls"
    ? media.partTargetMs !== undefined
    : media.periods.some(({ availabilityTimeOffsetMs }) => availabilityTimeOffsetMs > 0);
}

function hostsOf(medias: readonly MediaView[], nowMs: number, own: string): string[] {
  const urls = medias.flatMap((media) => {
    const { newest } = windowOf(media, nowMs);
    return newest === undefined
      ? []
      : [newest.url, newest.init?.url, newest.key?.url].filter((url) => url !== undefined);
  });
  return [...new Set(urls.map((url) => new URL(url).host))].filter((host) => host !== own);
}
