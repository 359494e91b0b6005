/**
 * The recovery claim: after the last heal, goodput returns in time and stays. Goodput that returns
 * and drops again is metastable, which is refuted. It is judged twice, as favourably and as
 * strictly as the record allows; if the results differ, it is inconclusive.
 */
import type { Recovery } from "../experiment/experiment.ts";
import type { FactIn, RecoveryFacts } from "../record/facts.ts";
import type { Judged, Status } from "../record/verdict.ts";
import type { RunEvent } from "../record/events.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { isLoadDependent, type Registry, sourceIn } from "../metrics/metrics.ts";
import { mean } from "../base/statistics.ts";
import { carries, eachIn, matching, type Window } from "../metrics/series.ts";
import { droppedSeries, noStalls, type Stalls } from "./claims.ts";
import { eachDelayed, overlaps, withCatchUp } from "./stalls.ts";
import { findingId } from "../record/claim-ids.ts";
import type { PhaseWindow, Windows } from "./windows.ts";

/**
 * `excused`: bad samples that a generator stall affected. `whole`: at least as long as a window.
 * `complete`: no request of it was cut off before it could leave a sample.
 */
interface Bin {
  good: number;
  all: number;
  excused: number;
  dropped: number;
  readonly whole: boolean;
  readonly complete: boolean;
}

/**
 * Requests that began this long before a cut-off may have left no sample: slightly more than a
 * user's longest deadline.
 */
const underWayMs = 10_000;

export function judgeRecovery(
  recovery: Recovery,
  windows: Windows,
  events: readonly RunEvent[],
  series: readonly SeriesData[],
  registry: Registry,
  stalls: Stalls = noStalls,
): Judged {
  const { baseline, recovery: after } = windows;
  const healedAtMs = lastHeal(events);
  if (baseline === undefined || after === undefined)
    return answer(recovery, null, 0, "inconclusive", "phases-unfinished");
  if (healedAtMs === null) return answer(recovery, null, 0, "inconclusive", "nothing-healed");
  const before = binsOf(recovery, wholePartOf(recovery, baseline), series, registry, stalls);
  const expected = mean(before.map((bin) => bin.good));
  const observed = binsOf(
    recovery,
    { fromMs: healedAtMs, untilMs: after.untilMs, cutOff: after.cutOff },
    series,
    registry,
    stalls,
  );
  const samples = observed.reduce((total, bin) => total + bin.all, 0);
  if (expected === 0 || samples === 0)
    return answer(recovery, null, samples, "inconclusive", "no-goodput");
  const whole = observed.filter((bin) => bin.whole);
  if (whole.length * recovery.windowMs < recovery.withinMs + 2 * recovery.windowMs) {
    // More time would be needed to show that goodput stayed, but not to show that it was late: no
    // later event changes that.
    const tooLate =
      spentMs(
        recovery,
        whole.map((bin) => couldBeGood(recovery, bin, expected, registry)),
      ) > recovery.withinMs;
    return tooLate
      ? answer(recovery, null, samples, "refuted", "not-back-in-time")
      : answer(recovery, null, samples, "inconclusive", "observed-too-briefly");
  }
  const strict = verdict(
    recovery,
    observed.map((bin) =>
      wasGood(recovery, bin, mean(before.map((one) => one.good + one.dropped))),
    ),
    samples,
  );
  const favourable = verdict(
    recovery,
    observed.map((bin) => couldBeGood(recovery, bin, expected, registry)),
    samples,
  );
  if (favourable.status === strict.status) return favourable;
  return answer(recovery, null, samples, "inconclusive", "too-few-requests");
}

/** Good even if all dropped iterations had failed. */
function wasGood(recovery: Recovery, bin: Bin, expected: number): boolean {
  const shared =
    bin.all === 0 ? !bin.whole : bin.good / (bin.all + bin.dropped) >= recovery.shareMin;
  return shared && (!bin.whole || bin.good >= recovery.ofBaselineMin * expected);
}

/**
 * The load is open: iterations start whatever the target does. If fewer were recorded than the
 * baseline requires, the generator fell short, or the record has a hole. Reports of the target
 * itself stop with the target, so their absence is lost goodput.
 */
function couldBeGood(recovery: Recovery, bin: Bin, expected: number, registry: Registry): boolean {
  if (bin.all > bin.excused && bin.good / (bin.all - bin.excused) < recovery.shareMin) return false;
  const source = sourceIn(registry, recovery.goodput.metric);
  return (
    source === "generator" ||
    source === "prober" ||
    !bin.complete ||
    !bin.whole ||
    (bin.all > 0 && bin.good >= recovery.ofBaselineMin * expected)
  );
}

function verdict(recovery: Recovery, good: readonly boolean[], samples: number): Judged {
  const lastBad = good.lastIndexOf(false);
  if (lastBad === good.length - 1) return answer(recovery, null, samples, "refuted", "not-back");
  const recoveredMs = spentMs(recovery, good);
  if (recoveredMs <= recovery.withinMs)
    return answer(recovery, recoveredMs, samples, "held", "back-in-time");
  const wasBack = good.slice(0, lastBad).includes(true);
  return answer(
    recovery,
    recoveredMs,
    samples,
    "refuted",
    wasBack ? "lost-again" : "back-too-late",
  );
}

/** Until the end of the last window in which goodput was not good. */
function spentMs({ windowMs }: Recovery, good: readonly boolean[]): number {
  return (good.lastIndexOf(false) + 1) * windowMs;
}

/**
 * Windows of equal length from the heal on. The remainder belongs to the last window. Alone it
 * would be so short that one bad request fails it, and its length would depend on the millisecond
 * of the heal.
 */
function binsOf(
  recovery: Recovery,
  window: PhaseWindow,
  series: readonly SeriesData[],
  registry: Registry,
  stalls: Stalls,
): readonly Bin[] {
  const { goodput, having, windowMs } = recovery;
  const catchUpWindows = isLoadDependent(registry, goodput.metric) ? withCatchUp(stalls.any) : [];
  const lengthMs = window.untilMs - window.fromMs;
  const count = lengthMs <= 0 ? 0 : Math.max(1, Math.floor(lengthMs / windowMs));
  const bins = Array.from({ length: count }, (_, index): Bin => {
    const untilMs = index === count - 1 ? window.untilMs : window.fromMs + (index + 1) * windowMs;
    const complete = !window.cutOff || untilMs + underWayMs <= window.untilMs;
    return { good: 0, all: 0, excused: 0, dropped: 0, whole: lengthMs >= windowMs, complete };
  });
  const binAt = (startedMs: number): Bin | undefined =>
    bins[Math.min(count - 1, Math.floor((startedMs - window.fromMs) / windowMs))];
  const drop = (iterations: number, startedMs: number): void => {
    const bin = binAt(startedMs);
    if (bin !== undefined) bin.dropped += iterations;
  };
  // One pass over each series for all windows together: a long run has thousands of windows.
  eachIn(droppedSeries(goodput, series, registry), window, drop);
  eachDelayed(goodput, window, series, stalls.standstills, registry, (startedMs) =>
    drop(1, startedMs),
  );
  for (const one of matching(series, goodput)) {
    const isGood = carries(one.tags, having);
    eachIn([one], window, (value, startedMs) => {
      const bin = binAt(startedMs);
      if (bin === undefined) return;
      bin.all++;
      if (isGood) bin.good++;
      else if (catchUpWindows.length > 0 && overlaps(catchUpWindows, startedMs, startedMs + value))
        bin.excused++;
    });
  }
  return bins;
}

/** The part of a window that whole recovery windows fill. */
function wholePartOf({ windowMs }: Recovery, { fromMs, untilMs }: Window): PhaseWindow {
  const count = Math.floor((untilMs - fromMs) / windowMs);
  return { fromMs, untilMs: fromMs + count * windowMs, cutOff: false };
}

function lastHeal(events: readonly RunEvent[]): number | null {
  return events.reduce<number | null>(
    (last, event) => (event.kind === "healed" ? event.atMs : last),
    null,
  );
}

function answer(
  recovery: Recovery,
  observed: number | null,
  samples: number,
  status: Status,
  fact: FactIn<RecoveryFacts>["fact"],
): Judged {
  return {
    kind: "recovery",
    id: findingId("recovery", recovery),
    subject: "target",
    title: recovery.title,
    status,
    phase: "recovery",
    observed,
    comparison: "<=",
    limit: recovery.withinMs,
    unit: "ms",
    samples,
    values: [{ fact }],
  };
}
