/** Recovery is a claim: after the last heal goodput is back in time, and it stays. Back and gone again is metastable, which is refuted. */
import type { Recovery } from "../experiment.ts";
import type { Finding, RunEvent, SeriesData, Status } from "../run.ts";
import { carries, eachIn, matching, type Window } from "../series.ts";
import type { Windows } from "./windows.ts";

interface Bin { good: number; all: number }

export function judgeRecovery(recovery: Recovery, windows: Windows, events: readonly RunEvent[], series: readonly SeriesData[]): Finding {
  const { baseline, recovery: after } = windows;
  const healedAtMs = lastHeal(events);
  if (baseline === undefined || after === undefined) return answer(recovery, null, 0, "inconclusive", "baseline or recovery did not run to an end");
  if (healedAtMs === null) return answer(recovery, null, 0, "inconclusive", "nothing was healed, so there was nothing to recover from");
  const before = binsOf(recovery, baseline, series);
  const expected = mean(before.map((bin) => bin.good));
  const observed = binsOf(recovery, { fromMs: healedAtMs, untilMs: after.untilMs }, series);
  const samples = observed.reduce((total, bin) => total + bin.all, 0);
  if (expected === 0 || samples === 0) return answer(recovery, null, samples, "inconclusive", "no goodput was recorded in the baseline or after the heal");
  if (observed.length * recovery.windowMs < recovery.withinMs + 2 * recovery.windowMs) {
    return answer(recovery, null, samples, "inconclusive", "observed too briefly after the last heal to say that goodput stayed");
  }
  return verdict(recovery, observed, expected, samples);
}

function verdict(recovery: Recovery, observed: readonly Bin[], expected: number, samples: number): Finding {
  const good = observed.map((bin) => bin.all > 0 && bin.good / bin.all >= recovery.shareMin && bin.good >= recovery.ofBaselineMin * expected);
  const lastBad = good.lastIndexOf(false);
  if (lastBad === good.length - 1) return answer(recovery, null, samples, "refuted", "goodput was not back when the run ended");
  const recoveredMs = (lastBad + 1) * recovery.windowMs;
  if (recoveredMs <= recovery.withinMs) return answer(recovery, recoveredMs, samples, "held", "back in time, and it stayed");
  const wasBack = good.slice(0, lastBad).includes(true);
  return answer(recovery, recoveredMs, samples, "refuted", wasBack ? "goodput came back, was lost again and stayed only later" : "back too late");
}

/** Whole windows only: a cut-off bin would look like lost goodput. */
function binsOf(recovery: Recovery, window: Window, series: readonly SeriesData[]): Bin[] {
  const count = Math.floor((window.untilMs - window.fromMs) / recovery.windowMs);
  const bins = Array.from({ length: count }, () => ({ good: 0, all: 0 }));
  eachIn(matching(series, recovery.goodput), window, (_value, startedMs, tags) => {
    const bin = bins[Math.floor((startedMs - window.fromMs) / recovery.windowMs)];
    if (bin === undefined) return;
    bin.all++;
    if (carries(tags, recovery.having)) bin.good++;
  });
  return bins;
}

function lastHeal(events: readonly RunEvent[]): number | null {
  return events.reduce<number | null>((last, event) => (event.kind === "healed" ? event.atMs : last), null);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

function answer(recovery: Recovery, observed: number | null, samples: number, status: Status, why: string): Finding {
  return { kind: "recovery", title: recovery.title, status, phase: "recovery", observed, comparison: "<=", limit: recovery.withinMs, unit: "ms", samples, why };
}
