/** When faults were in force, as a series: a claim may ask what became of something after one. */
import { faultMetric } from "../claims/statistics/after-fault.ts";
import type { SeriesData } from "../metrics/samples.ts";
import type { RunEvent } from "../record/events.ts";

/** From the act itself; one that was never healed lasts to the end of the record. */
export function faultsInForce(events: readonly RunEvent[]): SeriesData {
  const endMs = events.at(-1)?.atMs ?? 0;
  const faults = events.flatMap((event) => {
    if (event.kind !== "injected" || !event.evidence.landed) return [];
    const healed = events.find((other) => other.kind === "healed" && other.step === event.step);
    return [{ fromMs: event.actedMs ?? event.atMs, untilMs: healed?.atMs ?? endMs }];
  });
  return {
    metric: faultMetric,
    kind: "duration",
    tags: {},
    atMs: Float64Array.from(faults, ({ untilMs }) => untilMs),
    values: Float64Array.from(faults, ({ fromMs, untilMs }) => untilMs - fromMs),
  };
}
