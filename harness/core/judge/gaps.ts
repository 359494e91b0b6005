/** Stretches of a run in which nothing was recorded. */
import { startsIn, type Window } from "../series.ts";
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
  const starts = startsIn(series, span).sort();
  if (starts.length === 0) return null;
  let longest = 0;
  for (let i = 0; i <= starts.length; i++) {
    const [fromMs, untilMs] = [starts[i - 1] ?? span.fromMs, starts[i] ?? span.untilMs];
    if (untilMs - fromMs <= longest) continue;
    if (!excused.some((time) => time.fromMs < untilMs && fromMs < time.untilMs)) longest = Math.max(longest, untilMs - fromMs);
  }
  return longest;
}
