import type { JudgedRun } from "../compare/comparable.ts";
import { describe, expect, it } from "vitest";
import { comparisonOf } from "../compare/comparison.ts";
import { renderComparisonHtml } from "./compare-html.ts";
import { renderComparison } from "./compare-text.ts";
import { overlayOf } from "./compare-charts.ts";
import { type Fixture, hostileRun, stormRun } from "../../test/support/report/storm-run.ts";

function judged({ run, verdict }: Fixture, id: string): JudgedRun {
  return { run: { ...run, id, directory: `/runs/${id}` }, verdict };
}

function page(a: JudgedRun, b: JudgedRun): string {
  return renderComparisonHtml(
    comparisonOf([[a], [b]]),
    [
      { label: "A", runs: [a.run] },
      { label: "B", runs: [b.run] },
    ],
    (directory) => `..${directory}/report.html`,
  );
}

describe("a comparison's page", () => {
  it("shows which claims changed, and links to both runs", () => {
    const html = page(
      judged(stormRun(), "one"),
      judged(stormRun({ status: "refuted", without: ["collapsing"] }), "two"),
    );
    expect(html).toContain("<title>Cannot tell: origin-storm, compared</title>");
    expect(html).toMatch(
      /One origin request for each edge[^<]*<\/th><td>fault<\/td>\s*<td>held<\/td><td>refuted<\/td>/,
    );
    for (const id of ["one", "two"])
      expect(html).toContain(`<a href="../runs/${id}/report.html">${id}</a>`);
    expect(html).toContain("the set of disabled defences differs: none / collapsing");
  });

  it("says of A and B what was tested, as the terminal does", () => {
    const called = (label: string, { run, verdict }: JudgedRun): JudgedRun => ({
      run: { ...run, plan: { ...run.plan, label, versionGiven: "1.5.0" } },
      verdict,
    });
    const a = called("cache on", judged(stormRun(), "one"));
    const b = called("cache off", judged(stormRun(), "two"));
    const html = page(a, b);
    expect(html).toContain("baseline, cache on, version 1.5.0, one");
    expect(html).toContain("cache off, version 1.5.0, two");
    expect(renderComparison(comparisonOf([[a], [b]]), { columns: 100, colour: false })).toContain(
      "B = cache off, version 1.5.0: two (1 held)",
    );
  });

  it("escapes all text of a record", () => {
    const html = page(judged(hostileRun(), "<b>one"), judged(hostileRun(), "<b>two"));
    for (const part of ["<script>window", "<img", "<b>one"])
      expect(html.split("<style>")[0] + (html.split("</style>")[1] ?? "")).not.toContain(part);
  });

  it("aligns every run at the start of its fault", () => {
    const { run } = stormRun();
    const later = {
      ...run,
      events: run.events.map((event) => ({ ...event, atMs: event.atMs + 86_400_000 })),
      series: run.series.map((series) => ({
        ...series,
        atMs: series.atMs.map((atMs) => atMs + 86_400_000),
      })),
    };
    const overlay = overlayOf([
      { label: "A", runs: [run] },
      { label: "B", runs: [later] },
    ]);
    expect(overlay?.phases.find(({ phase }) => phase === "fault")?.fromMs).toBe(
      run.plan.phasesMs.baseline,
    );
    for (const {
      lines: [a, b],
    } of overlay?.charts ?? [])
      expect(b?.values).toEqual(a?.values);
    expect(overlay?.charts.length).toBeGreaterThan(5);
    expect(overlayOf([{ label: "A", runs: [{ ...run, events: [] }] }])).toBeNull();
  });
});
