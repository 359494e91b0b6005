/**
 * A fault on links affects the target only if the target itself uses them: before the fault, and
 * during it unless it lets nothing pass. Some of a step's links may be idle while nothing fails,
 * such as those to another region. One used link is therefore enough.
 */
import { kindOf } from "../faults/faults.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { eachIn, matching, startsIn, type Window } from "../metrics/series.ts";
import { struckBy } from "../record/struck.ts";
import { linkGrowth } from "./beyond-checks.ts";
import type { Windows } from "./windows.ts";

/** The last count of a fault's traffic starts with the heal. */
const countedWithinMs = 1_000;
/**
 * A limit above this multiple of the link's throughput slows it for less than 5 % of the time,
 * which is indistinguishable from no limit.
 */
export const boundTimesMax = 20;

type Traffic = FactOf<"faults.traffic">;

export function trafficProblem(
  run: Run,
  fault: string,
  index: number,
  windows: Windows,
): Traffic | null {
  const { links, severs } = struckBy(run.plan, index);
  const injecting = run.events.find((event) => event.kind === "injecting" && event.step === index);
  const healing = run.events.find((event) => event.kind === "healing" && event.step === index);
  const { baseline } = windows;
  // Another rule reports a fault that was never injected, or a missing baseline.
  if (links.length === 0 || injecting === undefined || baseline === undefined) return null;
  const untilMs = (healing?.atMs ?? Number.POSITIVE_INFINITY) + countedWithinMs;
  const counted = links.flatMap((link) =>
    matching(run.series, { metric: "link_connections", where: { link } }),
  );
  // Traffic counted at the moment of injection passed before it.
  const beganMs = startsIn(counted, { fromMs: injecting.atMs, untilMs }).reduce(
    (least, ms) => Math.min(least, ms),
    Number.POSITIVE_INFINITY,
  );
  if (!Number.isFinite(beganMs)) return { fact: "not-counted", fault, links };
  const bytes = links.flatMap((link) =>
    matching(run.series, { metric: "link_bytes", where: { link } }),
  );
  const before: Window = { fromMs: baseline.fromMs, untilMs: beganMs + 0.001 };
  const during: Window = { fromMs: beganMs + 0.001, untilMs };
  if (total([...counted, ...bytes], before) === 0) return { fact: "unused-before", fault, links };
  if (links.every((link) => linkGrowth(run, link, before) !== "use"))
    return { fact: "only-checks", fault, links };
  if (!severs && total([...counted, ...bytes], during) === 0)
    return { fact: "unused-during", fault, links };
  return boundProblem(run, fault, index, links, bytes, before);
}

/** A limit far above the link's throughput has no effect. */
function boundProblem(
  run: Run,
  name: string,
  index: number,
  links: readonly string[],
  bytes: readonly SeriesData[],
  before: Window,
): Traffic | null {
  const fault = run.plan.steps[index]?.fault;
  const limit = fault && kindOf(fault).bytesPerSecondMax?.(fault);
  if (limit === undefined) return null;
  if (bytes.length === 0) return { fact: "bytes-not-counted", fault: name, links };
  const seconds = (before.untilMs - before.fromMs) / 1000;
  const perSecond = Math.max(
    ...links.map(
      (link) =>
        total(
          bytes.filter((series) => series.tags["link"] === link),
          before,
        ) / seconds,
    ),
  );
  if (limit <= boundTimesMax * perSecond) return null;
  return {
    fact: "never-bound",
    fault: name,
    bytesPerSecond: Math.round(perSecond),
    timesMax: boundTimesMax,
  };
}

function total(series: readonly SeriesData[], window: Window): number {
  let sum = 0;
  eachIn(series, window, (value) => {
    sum += value;
  });
  return sum;
}
