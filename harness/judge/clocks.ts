/**
 * Runners on several machines tell times of several clocks. A sample belongs to the phase in which
 * it began, so the clocks must agree.
 */
import type { Run } from "../record/run.ts";
import type { Judged } from "../record/verdict.ts";
import type { FactOf } from "../record/facts.ts";
import { matching } from "../metrics/series.ts";
import { answer } from "./answer.ts";

/** A tenth of the time in which a player asks for the next content. */
export const clockOffMaxMs = 50;

/** No finding where one generator makes the whole load: its clock is the conductor's. */
export function clocksAgree(run: Run): readonly Judged[] {
  const { runners } = run.plan;
  if (runners === undefined) return [];
  const names = Array.from({ length: runners.count }, (_, index) => `${index + 1}`);
  const problems = names.flatMap((runner): FactOf<"generator.clocks">[] => {
    const offMs = mostOff(run, runner);
    if (offMs === null) return [{ fact: "no-clock", runner }];
    return offMs > clockOffMaxMs ? [{ fact: "off", runner, offMs, maxMs: clockOffMaxMs }] : [];
  });
  return [answer("generator.clocks", problems, { samples: names.length })];
}

/** The most that offset and bound together reached; null if they were never read. */
function mostOff(run: Run, runner: string): number | null {
  const valuesOf = (metric: string): Float64Array =>
    matching(run.series, { metric, where: { runner } })[0]?.values ?? new Float64Array();
  const [offsets, bounds] = [valuesOf("runner_clock_offset_ms"), valuesOf("runner_clock_bound_ms")];
  if (offsets.length === 0 || offsets.length !== bounds.length) return null;
  return offsets.reduce(
    (most, offset, index) => Math.max(most, Math.abs(offset) + (bounds[index] as number)),
    0,
  );
}
