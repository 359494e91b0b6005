/** A manifest (ISO/IEC 23009-1), and the media of one of its renditions. */
import { absolute } from "../addresses.ts";
import { Names } from "../names.ts";
import { durationMsOf, epochMsOf } from "../times.ts";
import { UnreadableStream } from "../unreadable.ts";
import type {
  DashMediaView,
  DashPeriodMedia,
  ManifestView,
  RenditionView,
  SteeringView,
  StreamView,
  TimelineRun,
} from "../views.ts";
import type { Uncut } from "./addressing.ts";
import { basesOf } from "./bases.ts";
import { type Found, representationsOf } from "./periods.ts";
import { type CutManifest, cutManifest, runsOf } from "./timelines.ts";
import { childOf, childrenOf, descendantsOf, type Element, rootOf, textOf } from "./xml.ts";

/** What stands as long as only the timelines change. */
interface Rest {
  readonly url: string;
  readonly skeleton: string;
  readonly stream: Omit<StreamView, "manifest">;
  readonly manifest: Omit<ManifestView, "media" | "publishMs">;
  readonly media: ReadonlyMap<string, readonly Uncut[]>;
  readonly timelines: ReadonlyMap<string, readonly TimelineRun[]>;
}

/** By the view that was made of it. */
const rests = new WeakMap<StreamView, Rest>();

export function readManifest(text: string, url: string, previous?: StreamView): StreamView {
  const cut = cutManifest(text);
  const before = previous === undefined ? undefined : rests.get(previous);
  const isSame = before?.skeleton === cut.skeleton && before.url === url;
  const rest = isSame ? before : restOf(cut, url);
  const timelines = new Map(
    cut.timelines.map((one) => [one, before?.timelines.get(one) ?? runsOf(one)]),
  );
  const runs = cut.timelines.map((one) => timelines.get(one) as readonly TimelineRun[]);
  const publishMs = epochMsOf(cut.publishTime);
  const stream: StreamView = {
    ...rest.stream,
    manifest: {
      ...rest.manifest,
      ...(publishMs === undefined ? {} : { publishMs }),
      media: Object.fromEntries(
        [...rest.media].map(([id, parts]) => [id, parts.map((part) => withRuns(part, runs))]),
      ),
    },
  };
  rests.set(stream, { ...rest, timelines });
  return stream;
}

function withRuns(
  { segments, ...media }: Uncut,
  all: readonly (readonly TimelineRun[])[],
): DashPeriodMedia {
  const { timeline, ...addressing } = segments;
  if (timeline === undefined) return { ...media, segments: addressing };
  return { ...media, segments: { ...addressing, runs: all[timeline] ?? [] } as typeof addressing };
}

function restOf({ skeleton, timelines }: CutManifest, url: string): Rest {
  const root = rootOf(skeleton);
  const elements = descendantsOf(root, "SegmentTimeline");
  const filled = elements.filter(({ isEmpty }) => !isEmpty || timelines.length > 0);
  if (filled.length < timelines.length)
    throw new UnreadableStream("malformed", "a SegmentTimeline is not where one may be");
  const places = new Map(elements.map((element, at) => [element, at]));
  const { attributes } = root;
  const durationMs = durationMsOf(attributes["mediaPresentationDuration"]);
  const whole = { url, availabilityTimeOffsetMs: 0, availabilityTimeComplete: true };
  const found = representationsOf({
    root,
    url,
    bases: basesOf(root, [whole]),
    ...(durationMs === undefined ? {} : { durationMs }),
    timelineOf: (element) => places.get(element),
  });
  const { renditions, media } = through(found);
  if (renditions.length === 0)
    throw new UnreadableStream("malformed", "it has no representation of sound or picture");
  const steering = steeringOf(root, url, renditions);
  return {
    url,
    skeleton,
    stream: { format: "dash", url, renditions, ...(steering === undefined ? {} : { steering }) },
    manifest: attributesOf(root, url, durationMs),
    media,
    timelines: new Map(),
  };
}

function attributesOf(
  root: Element,
  url: string,
  durationMs: number | undefined,
): Omit<ManifestView, "media" | "publishMs"> {
  const { attributes } = root;
  const minimumUpdatePeriodMs = durationMsOf(attributes["minimumUpdatePeriod"]);
  const timeShiftBufferMs = durationMsOf(attributes["timeShiftBufferDepth"]);
  const suggested = durationMsOf(attributes["suggestedPresentationDelay"]);
  const maxSegmentMs = durationMsOf(attributes["maxSegmentDuration"]);
  const location = textOf(childOf(root, "Location"));
  const latency = latencyOf(root);
  return {
    dynamic: attributes["type"] === "dynamic",
    availabilityStartMs: epochMsOf(attributes["availabilityStartTime"]) ?? 0,
    ...(minimumUpdatePeriodMs === undefined ? {} : { minimumUpdatePeriodMs }),
    ...(timeShiftBufferMs === undefined ? {} : { timeShiftBufferMs }),
    ...(suggested === undefined ? {} : { suggestedPresentationDelayMs: suggested }),
    ...(maxSegmentMs === undefined ? {} : { maxSegmentMs }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(location === undefined ? {} : { location: absolute(url, location) }),
    ...(latency === undefined ? {} : { latency }),
    clocks: childrenOf(root, "UTCTiming").map((one) => ({
      scheme: one.attributes["schemeIdUri"] ?? "",
      value: one.attributes["value"] ?? "",
    })),
  };
}

function latencyOf(root: Element): ManifestView["latency"] {
  const service = childOf(root, "ServiceDescription");
  const latency = service === undefined ? undefined : childOf(service, "Latency");
  if (latency === undefined) return undefined;
  const of = (name: string): number | undefined => {
    const ms = Number(latency.attributes[name] ?? "none");
    return Number.isFinite(ms) ? ms : undefined;
  };
  const [targetMs, minMs, maxMs] = [of("target"), of("min"), of("max")];
  return {
    ...(targetMs === undefined ? {} : { targetMs }),
    ...(minMs === undefined ? {} : { minMs }),
    ...(maxMs === undefined ? {} : { maxMs }),
  };
}

function steeringOf(
  root: Element,
  url: string,
  renditions: readonly RenditionView[],
): SteeringView | undefined {
  const element = childOf(root, "ContentSteering");
  const server = textOf(element);
  if (element === undefined || server === undefined) return undefined;
  const { defaultServiceLocation, queryBeforeStart } = element.attributes;
  const known = renditions.flatMap(({ pathway }) => (pathway === undefined ? [] : [pathway]));
  const wanted = (defaultServiceLocation ?? "").split(/\s+/).filter(Boolean);
  return {
    serverUrl: absolute(url, server),
    pathways: [...new Set([...wanted, ...known])],
    ...(queryBeforeStart === undefined ? {} : { queryBeforeStart: queryBeforeStart === "true" }),
  };
}

/**
 * Renditions through all periods. They are the same if their names are. Where a period lacks a
 * name, it continues with the nearest bandwidth of its kind and language, as players do.
 */
function through(periods: readonly (readonly Found[])[]): {
  readonly renditions: readonly RenditionView[];
  readonly media: ReadonlyMap<string, readonly Uncut[]>;
} {
  const names = new Names();
  const firsts = new Map<string, { readonly id: string; readonly found: Found }>();
  for (const found of periods.flat()) {
    const key = keyOf(found);
    if (!firsts.has(key))
      firsts.set(key, { id: names.give(found.name, found.view.pathway), found });
  }
  const media = new Map<string, readonly Uncut[]>();
  const byKey = periods.map((period) => new Map(period.map((found) => [keyOf(found), found])));
  for (const [key, { id, found }] of firsts)
    media.set(
      id,
      periods.flatMap((period, at) => {
        const one = byKey[at]?.get(key) ?? nearest(period, found);
        return one === undefined ? [] : [one.media];
      }),
    );
  return {
    renditions: [...firsts.values()].map(({ id, found }) => ({ id, ...found.view })),
    media,
  };
}

function keyOf({ name, view: { kind, pathway } }: Found): string {
  return JSON.stringify([kind, name, pathway]);
}

function nearest(period: readonly Found[], { view }: Found): Found | undefined {
  const alike = period.filter((one) => one.view.kind === view.kind);
  const spoken = alike.filter((one) => one.view.language === view.language);
  const some = spoken.length > 0 ? spoken : alike;
  const away = (one: Found): number => Math.abs(one.view.bandwidth - view.bandwidth);
  return some.length === 0
    ? undefined
    : some.reduce((best, one) => (away(one) < away(best) ? one : best));
}

/** Throws a `RangeError` if the stream has no such rendition: the caller's mistake. */
export function viewOf({ url, manifest }: StreamView, renditionId: string): DashMediaView {
  const periods = manifest?.media[renditionId];
  if (manifest === undefined || periods === undefined)
    throw new RangeError(`the manifest has no rendition ${renditionId}`);
  const last = periods.at(-1);
  return {
    format: "dash",
    url,
    manifest,
    periods,
    ended:
      !manifest.dynamic ||
      (last?.endMs !== undefined && manifest.minimumUpdatePeriodMs === undefined),
  };
}
