/**
 * SegmentTimeline. These are what grows in a live manifest, and most of its text. They are cut out
 * before the XML is parsed, and read by themselves; if nothing else changed, the rest stands.
 */
import { segmentsMax } from "../limits.ts";
import { UnreadableStream } from "../unreadable.ts";
import type { TimelineRun } from "../views.ts";

export interface CutManifest {
  /** The manifest with empty timelines, without comments and without its publish time. */
  readonly skeleton: string;
  /** In the order of the document. */
  readonly timelines: readonly string[];
  readonly publishTime?: string;
}

const opening = /<(?:[\w.-]+:)?SegmentTimeline(?:\s[^>]*)?>/g;
const publishing = /\spublishTime\s*=\s*["']([^"']*)["']/;

export function cutManifest(text: string): CutManifest {
  const plain = text.includes("<!--") ? text.replaceAll(/<!--[\s\S]*?-->/g, "") : text;
  const timelines: string[] = [];
  let [skeleton, at] = ["", 0];
  for (const match of plain.matchAll(opening)) {
    const from = match.index + match[0].length;
    if (from < at || match[0].endsWith("/>")) continue;
    const until = plain.indexOf("</", nextEnd(plain, from));
    if (until < 0) throw new UnreadableStream("malformed", "a SegmentTimeline breaks off");
    timelines.push(plain.slice(from, until));
    skeleton += plain.slice(at, from);
    at = until;
  }
  skeleton += plain.slice(at);
  const publishTime = publishing.exec(skeleton)?.[1];
  return publishTime === undefined
    ? { skeleton, timelines }
    : { skeleton: skeleton.replace(publishing, ""), timelines, publishTime };
}

/** Of the closing tag: entries may have closing tags of their own. */
function nextEnd(text: string, from: number): number {
  for (let at = text.indexOf("</", from); at >= 0; at = text.indexOf("</", at + 2)) {
    const name = /^<\/(?:[\w.-]+:)?(\w+)/.exec(text.slice(at, at + 80))?.[1];
    if (name !== "S") return at;
  }
  return text.length;
}

/** Beyond every real number of segments: until the period ends. */
export const endless = Number.MAX_SAFE_INTEGER;

interface Entry {
  readonly t: string | undefined;
  readonly d: string | undefined;
  readonly r: string | undefined;
}

/** Patterns cost k6 ten times as much as a search for text. */
function entriesIn(timeline: string): Entry[] {
  const plain = timeline.replaceAll(/\s+/g, " ");
  const usual = /[':]|\s=|=\s/.test(plain) ? normalised(plain) : plain;
  return usual
    .split("<S ")
    .slice(1)
    .map((entry) => {
      const text = ` ${entry}`;
      return { t: valueIn(text, " t="), d: valueIn(text, " d="), r: valueIn(text, " r=") };
    });
}

/** Without prefixes of a namespace, with one kind of quotes, and none of the spaces that may be. */
function normalised(timeline: string): string {
  return timeline
    .replaceAll(/<[\w.-]+:S /g, "<S ")
    .replaceAll(/\s*=\s*["']\s*([^"'<]*?)\s*["']/g, '="$1"');
}

function valueIn(entry: string, name: string): string | undefined {
  const at = entry.indexOf(`${name}"`);
  if (at < 0) return undefined;
  const from = at + name.length + 1;
  return entry.slice(from, entry.indexOf('"', from));
}

export function runsOf(timeline: string): readonly TimelineRun[] {
  const entries = entriesIn(timeline);
  if (entries.length > segmentsMax)
    throw new UnreadableStream(
      "too-many",
      `a SegmentTimeline has more than ${segmentsMax} entries`,
    );
  const runs: TimelineRun[] = [];
  let start: string | number = 0;
  let before = 0;
  for (const [at, { t, d, r }] of entries.entries()) {
    const durationTicks = Number(d);
    if (!(durationTicks > 0 && Number.isSafeInteger(durationTicks)))
      throw new UnreadableStream("malformed", "an entry of a SegmentTimeline has no duration");
    start = t ?? start;
    if (Number.isNaN(Number(start)) || !Number.isInteger(Number(r ?? 0)))
      throw new UnreadableStream("malformed", "an entry of a SegmentTimeline has no number");
    const count = countOf(Number(r ?? 0), start, entries[at + 1]?.t, durationTicks);
    const startTicks = Number(start);
    runs.push({
      startTicks,
      ...(Number.isSafeInteger(startTicks) ? {} : { exactStart: exact(start) }),
      durationTicks,
      count,
      before,
    });
    before = Math.min(endless, before + count);
    start = ticksAfter(start, count, durationTicks);
  }
  return runs;
}

/** A whole number; a part of a tick is no time. */
function exact(start: string | number): string {
  if (!/^-?\d{1,20}$/.test(String(start)))
    throw new UnreadableStream("malformed", `"${start}" is no time of a segment`);
  return String(start);
}

/** `r` is how often it repeats; -1: until the next entry. */
function countOf(
  repeats: number,
  start: string | number,
  next: string | undefined,
  durationTicks: number,
): number {
  if (repeats >= 0) return Math.min(endless, repeats + 1);
  if (next === undefined) return endless;
  return Math.max(1, Math.round((Number(next) - Number(start)) / durationTicks));
}

/** Times since 1970 in 10 MHz ticks exceed what a number holds. */
export function ticksAfter(
  start: string | number,
  count: number,
  durationTicks: number,
): string | number {
  const sum = Number(start) + count * durationTicks;
  if (Number.isSafeInteger(sum) || count >= endless) return sum;
  return String(BigInt(start) + BigInt(count) * BigInt(durationTicks));
}
