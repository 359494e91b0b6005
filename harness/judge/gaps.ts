/** Gaps: intervals of a run in which nothing was recorded. */
import { startsIn, type Window } from "../metrics/series.ts";
import type { SeriesData } from "../metrics/samples.ts";
import type { Windows } from "./windows.ts";

/** From the first judged moment to the last; null if no phase ran. */
export function spanOf(windows: Windows): Window | null {
  const all = Object.values(windows);
  return all.length === 0
    ? null
    : {
        fromMs: Math.min(...all.map((w) => w.fromMs)),
        untilMs: Math.max(...all.map((w) => w.untilMs)),
      };
}

/**
 * In ms; null if the span has no sample. The part of a gap within the `excused` windows does not
 * count.
 */
export function longestGap(
  series: readonly SeriesData[],
  span: Window | null,
  excused: readonly Window[] = [],
): number | null {
  if (span === null) return null;
  const starts = startsIn(series, span).sort();
  if (starts.length === 0) return null;
  let longest = 0;
  for (let i = 0; i <= starts.length; i++) {
    const [fromMs, untilMs] = [starts[i - 1] ?? span.fromMs, starts[i] ?? span.untilMs];
    if (untilMs - fromMs <= longest) continue;
    longest = Math.max(longest, untilMs - fromMs - excusedIn({ fromMs, untilMs }, excused));
  }
  return longest;
}

/** Overlapping excused windows count once. */
function excusedIn({ fromMs, untilMs }: Window, excused: readonly Window[]): number {
  let total = 0,
    untilNow = fromMs;
  for (const time of excused.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const [from, until] = [Math.max(untilNow, time.fromMs), Math.min(untilMs, time.untilMs)];
    if (until <= from) continue;
    total += until - from;
    untilNow = until;
  }
  return total;
}
