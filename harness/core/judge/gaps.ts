/** Stretches of a run in which nothing was recorded. */
import { eachIn, type Window } from "../series.ts";
import type { SeriesData } from "../run.ts";
import type { Windows } from "./windows.ts";

/** From the first judged moment to the last; null when no phase ran. */
export function spanOf(windows: Windows): Window | null {
  const all = Object.values(windows);
  return all.length === 0 ? null : { fromMs: Math.min(...all.map((w) => w.fromMs)), untilMs: Math.max(...all.map((w) => w.untilMs)) };
}

/** In ms; null without any sample in the span. A gap that overlaps one of the `excused` times does not count. */
export function longestGap(series: readonly SeriesData[], span: Window | null, excused: readonly Window[] = []): number | null {
  if (span === null) return null;
  const times: number[] = [];
  eachIn(series, span, (_value, startedMs) => times.push(startedMs));
  if (times.length === 0) return null;
  times.push(span.fromMs, span.untilMs);
  const sorted = Float64Array.from(times).sort();
  let longest = 0;
  for (let i = 1; i < sorted.length; i++) {
    const [fromMs, untilMs] = [sorted[i - 1] as number, sorted[i] as number];
    if (!excused.some((time) => time.fromMs < untilMs && fromMs < time.untilMs)) longest = Math.max(longest, untilMs - fromMs);
  }
  return longest;
}
