import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileRun, stormRun } from "../../test/support/report/storm-run.ts";
import { renderVerdictText } from "./text.ts";

const plain = { columns: 100, colour: false };

describe("the closing text of a run", () => {
  test("begins with the verdict and ends with the leftovers", () => {
    const { verdict } = stormRun();
    const lines = renderVerdictText(verdict, { ...plain }).split("\n");
    expect(lines[0]).toBe("✓ HELD  origin-storm, seed 4711");
    expect(lines.at(-1)).toBe("  Everything was undone; nothing is left behind.");
    const at = lines.indexOf(
      "✓ Live segments are served while an origin is down           baseline     100 %    ≥ " +
        "99.9 %    3,200",
    );
    // A claim is named once.
    expect(lines[at + 1]).toBe(
      "✓                                                            fault      99.99 %    ≥ " +
        "99.9 %   28,800",
    );
  });

  test("explains why a claim was refuted, and that a control was expected to be", () => {
    const text = renderVerdictText(
      stormRun({ status: "refuted", without: ["collapsing"] }).verdict,
      plain,
    );
    expect(text).toContain("✗ REFUTED");
    expect(text).toContain("Control without collapsing: expected to be refuted, and it was.");
    expect(text).toMatch(/^✗ One origin request .*\n.*\n {4}beyond its limit$/m);
  });

  test("names the rule of evidence that failed", () => {
    const text = renderVerdictText(stormRun({ status: "inconclusive" }).verdict, plain);
    expect(text).toContain(
      "? The load generator started its iterations on time: load live: p99 812 ms late in fault",
    );
    expect(text).toContain("6 of 7 evidence checks passed");
  });

  test("does not hide an abort or an incomplete cleanup", () => {
    const { verdict } = stormRun();
    const text = renderVerdictText(
      {
        ...verdict,
        aborted: { reason: "user", detail: "interrupted" },
        cleanup: { status: "incomplete", left: ["pid 7"] },
      },
      plain,
    );
    expect(text).toContain("Aborted (user): interrupted");
    expect(text).toContain(
      "! Cleanup is incomplete; left behind: pid 7. Undo it with `seawall recover`.",
    );
  });

  test("has colour only if enabled", () => {
    const { verdict } = stormRun({ status: "refuted" });
    const coloured = renderVerdictText(verdict, { columns: 100, colour: true });
    expect(coloured).toContain("\u001b[31m");
    expect(stripVTControlCharacters(coloured)).toBe(renderVerdictText(verdict, plain));
  });

  test("cannot control the terminal", () => {
    expect(renderVerdictText(hostileRun().verdict, plain)).not.toMatch(
      /\p{Bidi_Control}|(?!\n)\p{Cc}/u,
    );
  });

  test("fits the width, whatever its content", () => {
    const { verdict } = stormRun({ status: "refuted" });
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300, size: "max" }),
        fc.string({ maxLength: 300, size: "max" }),
        fc.integer({ min: 60, max: 400 }),
        (title, why, columns) => {
          const findings = verdict.findings.map((finding, index) => ({
            ...finding,
            title: index % 2 === 0 ? title : finding.title,
            why,
            unit: title.slice(0, 12),
          }));
          const text = renderVerdictText(
            {
              ...verdict,
              why,
              experiment: title,
              without: [why],
              findings,
              aborted: { reason: "claim", detail: why },
            },
            { columns, colour: false },
          );
          return text.split("\n").every((line) => [...line].length <= Math.min(100, columns));
        },
      ),
    );
  });
});
