import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { width } from "../system/terminal.ts";
import { duration, renderSuite, type SuiteRow } from "./suite-text.ts";

const row: SuiteRow = {
  experiment: "origin-storm",
  topology: "quick",
  without: [],
  status: "held",
  why: "All 8 findings held.",
  seconds: 91.4,
  runId: "r",
  directory: "/r",
  exitCode: 0,
};
const text = (rows: readonly SuiteRow[]): string =>
  renderSuite("quick", rows, { columns: 200, colour: false });

describe("the summary of a suite", () => {
  it("has one line per run, with reasons for those that did not hold", () => {
    expect(
      text([
        row,
        { ...row, experiment: "zone-loss", status: "refuted", why: "it broke", seconds: 100 },
        { ...row, experiment: "kong", status: null, why: "tier kong: nothing held", seconds: 0 },
      ]),
    ).toBe(
      [
        "Suite quick",
        "✓ held     origin-storm   91 s",
        "✗ refuted  zone-loss     100 s  it broke",
        "- not run  kong                 tier kong: nothing held",
        "1 held, 1 refuted, 1 not run; 3 min 11 s",
      ].join("\n"),
    );
  });

  it("distinguishes an experiment's topologies, and controls", () => {
    expect(text([row, { ...row, topology: "zones", without: ["collapsing"] }])).toMatch(
      /origin-storm, quick .*\n.*origin-storm, zones, without collapsing /,
    );
  });

  it("is never wider than 100 columns", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            experiment: fc.string({ maxLength: 120 }),
            why: fc.string({ maxLength: 400 }),
            seconds: fc.nat(4000),
            status: fc.constantFrom("held" as const, "refuted" as const, null),
          }),
          { maxLength: 4 },
        ),
        (some) => {
          for (const line of text(some.map((one) => ({ ...row, ...one }))).split("\n"))
            expect(width(line)).toBeLessThanOrEqual(100);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("formats minutes", () => {
    expect([0, 59.4, 60, 61, 600].map(duration)).toEqual([
      "0 s",
      "59 s",
      "1 min",
      "1 min 1 s",
      "10 min",
    ]);
  });
});
