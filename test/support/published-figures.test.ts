import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { RunEvent } from "../../harness/record/events.ts";
import { publishedShare, untrueFigure } from "./published-figures.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/performance.md"), "utf8");
const took = (harnessCpuSeconds: number): RunEvent[] => [
  {
    kind: "generator",
    atMs: 0,
    exitCode: 0,
    signal: null,
    expected: true,
    detail: "",
    generatorCpuSeconds: 10,
    harnessCpuSeconds,
    seconds: 67,
  },
];

it("finds the published figure", () => {
  expect(publishedShare(page)).toBeGreaterThan(0.01);
  expect(
    publishedShare(
      "| processor time of the harness itself under load, against k6's | 9.6 % | 9.9 % | 10.9 % |",
    ),
  ).toBe(0.099);
  expect(publishedShare("nothing")).toBeNull();
});

it("accepts a figure that is true, and reports one that is not", () => {
  const row =
    "| processor time of the harness itself under load, against k6's | 9 % | 10 % | 11 % |";
  expect(untrueFigure(took(1.4), row)).toBeNull();
  expect(untrueFigure(took(1.6), row)).toMatch(
    /^docs\/performance.md says that the harness takes 10.0 % of k6's .* this run took 16.0 % \(1.60 s of 10.00 s\)/,
  );
  expect(untrueFigure([], row)).toBeNull();
  expect(untrueFigure(took(1), "nothing")).toContain("publishes no processor time");
});
