/** How a representation is cut in one period: from an index to its segment, and back. */
import type { DashPeriodMedia, ManifestView, SegmentView, TimelineRun } from "../views.ts";
import { fill, finished } from "./template.ts";
import { endless, ticksAfter } from "./timelines.ts";
import { rounded } from "../times.ts";

/** How many it has, as far as known. */
export function countIn(media: DashPeriodMedia): number {
  const { segments, startMs, endMs } = media;
  const listed = (): number => {
    switch (segments.by) {
      case "file":
        return 1;
      case "list":
        return segments.list.length;
      case "timeline":
        return countOfRuns(media, segments.runs);
      case "duration":
        return endMs === undefined
          ? endless
          : Math.ceil(ticksOf(media, endMs - startMs) / segments.durationTicks - 1e-6);
    }
  };
  const most =
    media.endNumber === undefined ? endless : Math.max(0, media.endNumber - media.startNumber + 1);
  return Math.min(most, listed());
}

function countOfRuns(media: DashPeriodMedia, runs: readonly TimelineRun[]): number {
  const last = runs.at(-1);
  if (last === undefined) return 0;
  if (last.count < endless) return last.before + last.count;
  if (media.endMs === undefined) return endless;
  const lastTicks =
    ticksOf(media, media.endMs - media.startMs) + media.presentationTimeOffset - last.startTicks;
  return last.before + Math.max(0, Math.ceil(lastTicks / last.durationTicks - 1e-6));
}

function ticksOf({ timescale }: DashPeriodMedia, ms: number): number {
  return (ms * timescale) / 1_000;
}

/** The index of the first segment that starts at this time of the presentation, or later. */
export function firstFrom(media: DashPeriodMedia, timeMs: number): number {
  const { segments } = media;
  const ticks = ticksOf(media, timeMs - media.startMs);
  if (segments.by === "file") return timeMs <= media.startMs ? 0 : 1;
  const runs = runsOf(media);
  if (runs === undefined) {
    const { durationTicks } = segments as { readonly durationTicks: number };
    return Math.max(0, Math.ceil(ticks / durationTicks - 1e-6));
  }
  const wanted = ticks + media.presentationTimeOffset;
  const run = runs[lastBefore(runs, wanted)];
  if (run === undefined) return 0;
  const inRun = Math.max(0, Math.ceil((wanted - run.startTicks) / run.durationTicks - 1e-6));
  return run.before + Math.min(run.count, inRun);
}

/** The last run that starts before it, or 0. */
function lastBefore(runs: readonly TimelineRun[], ticks: number): number {
  let [low, high] = [0, runs.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((runs[middle] as TimelineRun).startTicks <= ticks) low = middle;
    else high = middle - 1;
  }
  return low;
}

function runsOf({ segments }: DashPeriodMedia): readonly TimelineRun[] | undefined {
  if (segments.by === "timeline") return segments.runs;
  return segments.by === "list" && segments.runs !== undefined ? segments.runs : undefined;
}

interface Cut {
  /** From the period's start. */
  readonly offsetMs: number;
  readonly durationMs: number;
  /** As `$Time$` says it. */
  readonly time: string | number;
  /** Whether it is listed, and so available. */
  readonly isListed: boolean;
}

function cutAt(media: DashPeriodMedia, index: number): Cut | null {
  const { segments, timescale, presentationTimeOffset, startMs, endMs } = media;
  const msOf = (ticks: number): number => rounded((ticks * 1_000) / timescale);
  if (segments.by === "file")
    return {
      offsetMs: 0,
      durationMs: (endMs ?? startMs) - startMs,
      time: presentationTimeOffset,
      isListed: true,
    };
  const runs = runsOf(media);
  if (runs === undefined) {
    const { durationTicks } = segments as { readonly durationTicks: number };
    const ticks = index * durationTicks;
    return {
      offsetMs: msOf(ticks),
      durationMs: msOf(durationTicks),
      time: ticks + presentationTimeOffset,
      isListed: segments.by === "list",
    };
  }
  const run = runs.findLast(({ before }) => before <= index);
  if (run === undefined) return null;
  const steps = index - run.before;
  const ticks = run.startTicks - presentationTimeOffset + steps * run.durationTicks;
  return {
    offsetMs: msOf(ticks),
    durationMs: msOf(run.durationTicks),
    time: ticksAfter(run.exactStart ?? run.startTicks, steps, run.durationTicks),
    isListed: run.count < endless,
  };
}

/** Null if the period has no such segment. */
export function segmentIn(
  media: DashPeriodMedia,
  index: number,
  { dynamic, availabilityStartMs }: ManifestView,
): SegmentView | null {
  if (index < 0 || index >= countIn(media)) return null;
  const cut = cutAt(media, index);
  if (cut === null) return null;
  const { segments, startMs, endMs } = media;
  const number = media.startNumber + index;
  const begins = rounded(startMs + cut.offsetMs);
  const resource =
    segments.by === "file"
      ? segments.file
      : segments.by === "list"
        ? segments.list[index]
        : { url: finished(fill(segments.template, { Number: number, Time: cut.time })) };
  if (resource === undefined) return null;
  const usesTime = segments.by === "timeline" && segments.template.includes("$Time");
  const availableMs =
    availabilityStartMs + begins + cut.durationMs - media.availabilityTimeOffsetMs;
  return {
    ...resource,
    sequence: usesTime ? Number(cut.time) : number,
    startMs: begins,
    durationMs:
      endMs === undefined ? cut.durationMs : rounded(Math.min(cut.durationMs, endMs - begins)),
    ...(media.init === undefined ? {} : { init: media.init }),
    ...(media.encrypted ? { key: { method: "cenc" } } : {}),
    discontinuity: index === 0 && startMs > 0,
    gap: false,
    ...(dynamic ? { dateMs: availabilityStartMs + begins } : {}),
    ...(dynamic && !cut.isListed ? { availableMs } : {}),
    parts: [],
    period: media.period,
  };
}
