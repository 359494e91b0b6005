/** The example in virtual time, and what the judge makes of sessions that are not accounted for. */
import { expect, it } from "vitest";
import { judge } from "../harness/judge/judge.ts";
import type { Run } from "../harness/record/run.ts";
import { eachHoldsInVirtualTime } from "../test/support/simulated/catalogue.ts";
import { planned, simulateInMemory } from "../test/support/simulated/in-memory.ts";
import originLost from "../examples/watching/origin-lost.ts";

eachHoldsInVirtualTime([originLost]);

const run = await simulateInMemory(planned(originLost, 3));
const statusOf = (one: Run, id: string): string | undefined =>
  judge(one).findings.find((finding) => finding.id === id)?.status;

it("counts each session once, from the first to the last", () => {
  const count = (metric: string): number =>
    run.series
      .filter((series) => series.metric === metric)
      .reduce((sum, { values }) => sum + values.length, 0);
  expect(count("viewer_startup_ms")).toBe(count("iteration_ms"));
  expect(count("viewer_startup_ms")).toBeGreaterThan(300);
  expect(statusOf(run, "generator.iterations")).toBe("held");
});

it("is inconclusive if the sessions that failed are left out", () => {
  const without: Run = {
    ...run,
    series: run.series.map((series) =>
      series.metric === "viewer_startup_ms"
        ? { ...series, atMs: series.atMs.slice(1), values: series.values.slice(1) }
        : series,
    ),
  };
  expect(statusOf(without, "generator.iterations")).toBe("inconclusive");
});

it("shows the effect on viewers in the words of the pack", () => {
  expect(run.plan.harm?.effects?.title).toBe("Effect on viewers");
});
