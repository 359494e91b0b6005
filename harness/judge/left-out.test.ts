import { expect, it } from "vitest";
import { everyMetric, heldPlan } from "../../test/support/judge/held-run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import type { Run } from "../record/run.ts";
import { leftOutProblems } from "./left-out.ts";

const [plan] = [heldPlan()];
const devices = {
  name: "devices",
  workload: "devices",
  exec: "listen",
  lane: "broadcast",
  ratePerSecond: { baseline: 1, fault: 1, recovery: 1 },
  vus: 50,
};

function runOf(received: number, metrics = everyMetric): Run {
  const series = (metric: string, count: number, tags: object): SeriesData => ({
    metric,
    kind: "duration",
    tags: { lane: "broadcast", load: "devices", ...tags },
    atMs: Float64Array.from({ length: count }, (_, index) => 1_000_000 + 1_000 * index),
    values: new Float64Array(count).fill(10),
  });
  return {
    directory: "",
    id: "x",
    plan: { ...plan, load: [devices], metrics },
    events: [],
    series: [
      series("start_late_ms", 100, { of: "iteration" }),
      series("iteration_ms", 100, { outcome: "ended" }),
      series("broadcast_ms", received, { outcome: "heard" }),
    ],
    damage: [],
  };
}

it("counts the one sample of users who stay to the end, as declared by their metric", () => {
  expect(leftOutProblems(runOf(100))).toEqual([]);
  expect(leftOutProblems(runOf(40))).toContainEqual(
    expect.objectContaining({ fact: "samples-missing", group: "devices", ended: 100, samples: 40 }),
  );
  const { broadcast_ms: received, ...others } = everyMetric;
  const { perStay: _, ...plain } = received as NonNullable<typeof received>;
  expect(leftOutProblems(runOf(40, { ...others, broadcast_ms: plain }))).toEqual([]);
});
