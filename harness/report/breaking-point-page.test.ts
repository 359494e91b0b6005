import { describe, expect, it } from "vitest";
import { type BreakingPoint, renderBreakingPointHtml } from "./breaking-point-page.ts";
import { marginLines } from "./page/breaking-chart.ts";

const margins = (served: number, waits: number) => [
  { title: "Live segments are served", used: served },
  { title: "Waits are short", used: waits },
];
const step = (scale: number, outcome: "held" | "broke", of: ReturnType<typeof margins>) => ({
  scale,
  outcome,
  margins: of,
  broke: outcome === "broke" ? ["Live segments are served (fault)"] : [],
  why: "",
  seconds: 60,
  runId: `r${scale}`,
  directory: `/runs/${scale}`,
});
const found: BreakingPoint = {
  experiment: "origin-storm",
  title: "Origin storm <b>",
  perSecond: 220,
  topology: "quick",
  substrate: "process",
  without: [],
  seed: 1,
  steps: [
    step(1, "held", margins(0.1, 0.4)),
    step(2, "held", margins(0.3, 0.7)),
    step(4, "broke", margins(6, 1.2)),
    step(2.83, "broke", margins(1.4, 0.9)),
  ],
  conclusion: { kind: "broke", estimate: 2.5, from: 2.1, until: 2.8, ceiling: null },
  broke: ["Live segments are served (fault)"],
};

describe("the page of a breaking point", () => {
  const html = renderBreakingPointHtml(found, (directory) => `..${directory}/report.html`);

  it("counts the audience in users a second, and names the experiment", () => {
    expect(html).toContain("220 users a second at its peak");
    for (const users of ["220", "440", "623", "880"]) expect(html).toContain(`>${users}</td>`);
    expect(html).toContain("Origin storm &#60;b&#62;");
  });

  it("draws the margin of each claim, in the order of the audience, the closest first", () => {
    const [first, second] = marginLines(found);
    expect(first?.title).toBe("Live segments are served");
    expect(first?.points.map(({ used }) => used)).toEqual([0.1, 0.3, 1.4, 6]);
    expect(second?.points.map(({ scale }) => scale)).toEqual([1, 2, 2.83, 4]);
    expect(html.match(/class="margin-line (one|two)"/g)).toHaveLength(2);
    expect(html).toContain('class="between"');
  });

  it("looks simulated where it was, and only there", () => {
    const virtual = renderBreakingPointHtml({ ...found, substrate: "simulated" }, () => "x");
    expect(virtual).toContain('<body class="simulated">');
    expect(html).toContain('<body class="">');
  });

  it("has no chart where no run gave a margin", () => {
    const steps = found.steps.map((one) => ({ ...one, margins: [] }));
    expect(renderBreakingPointHtml({ ...found, steps }, () => "x")).not.toContain("<figure");
  });
});
