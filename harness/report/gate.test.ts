import { describe, expect, it } from "vitest";
import type { Gated } from "../gate/gate.ts";
import { renderGateHtml } from "./gate-html.ts";
import { type GateReport, renderAnnotations, renderGateMarkdown, renderGateText } from "./gate.ts";

const hostile = "x|y\n::error::z `rm` <script>alert(1)</script> [a](http://b) %0A\u001b[31m";

function entry(outcome: Gated["outcome"], more: Partial<Gated> = {}): Gated {
  const exitCode = { passed: 0, worse: 1, refuted: 1, inconclusive: 2, broken: 3 }[outcome];
  return {
    experiment: `storm-${outcome}`,
    title: "A storm",
    outcome,
    exitCode,
    why: `it was ${outcome}`,
    attempts: [
      {
        runId: "r",
        status: "held",
        why: "",
        exitCode,
        directory: "/r",
        rerun: `./seawall run storm-${outcome} --seed 1`,
      },
    ],
    baseline: {
      kind: "compared",
      baselineRuns: ["b"],
      runs: ["r"],
      worse: outcome === "worse" ? ["live p99 is 18–31 % slower"] : [],
      better: [],
      suspected: [],
      power: ["the smallest change is ± 12 %"],
      marked: ["one run on a side"],
    },
    ...more,
  };
}

const report = (...entries: Gated[]): GateReport => ({
  format: "seawall-gate/1",
  suite: "quick",
  baseline: "main",
  passed: entries.every(({ outcome }) => outcome === "passed"),
  exitCode: 0,
  entries,
  notRun: [],
});

it.each([
  [["process", "process"], "", null],
  [["simulated", "simulated"], "simulated", "Simulated."],
  [["process", "simulated"], "simulated", "Partly simulated."],
  [["simulated", undefined], "simulated", "Simulated."],
] as const)(
  "the page of a gate with runs on %j says what of it was simulated",
  (where, look, note) => {
    const attempts = where.map((substrate) => ({
      ...(entry("passed").attempts[0] as Gated["attempts"][number]),
      ...(substrate === undefined ? {} : { substrate }),
    }));
    const page = renderGateHtml(
      report(entry("passed", { attempts })),
      { reportOf: () => null, comparisonOf: () => null },
      "",
    );
    expect(page).toContain(`<body class="${look}">`);
    expect(/<strong>(\w* ?[Ss]imulated\.)/.exec(page)?.[1] ?? null).toBe(note);
  },
);

describe("the texts of a gate", () => {
  it("fit a terminal of 100 columns, whatever the experiment's name", () => {
    const text = renderGateText(
      report(
        entry("passed"),
        entry("worse", { experiment: "n".repeat(200), why: "w".repeat(300) }),
      ),
      { columns: 200, colour: false },
    );
    for (const line of text.split("\n")) expect([...line].length).toBeLessThanOrEqual(100);
    expect(text).toContain("Gate closed: 1 passed, 1 worse; 2 of 2 compared with main");
  });

  it("name each result and the command to repeat it in a pull request, one table row each", () => {
    const markdown = renderGateMarkdown(
      report(entry("passed"), entry("refuted"), entry("inconclusive")),
    );
    expect(markdown).toContain("### Gate closed: 1 passed, 1 refuted, 1 inconclusive");
    expect(markdown).toContain("./seawall run storm-refuted --seed 1");
    expect(markdown).not.toContain("./seawall run storm-passed");
    expect(markdown.split("\n").filter((line) => /^\| [✓✗?!]/.test(line))).toHaveLength(3);
  });

  it("never become markup of a pull request", () => {
    const markdown = renderGateMarkdown(
      report(entry("refuted", { experiment: hostile, why: hostile })),
    );
    expect(markdown).not.toMatch(/<script|\]\(http|`rm`/);
    expect(markdown).not.toContain("\u001b");
    expect(
      markdown
        .split("\n")
        .filter((line) => line.startsWith("| ✗"))
        .map((line) => line.split("|").length),
    ).toEqual([7]);
  });

  it("create no link and no mention in a pull request", () => {
    const why =
      "see https://evil.example/x, www.evil.example, a@b.example, @owner, #12, !12, GH-12 " +
      "and `x|y`";
    const row =
      renderGateMarkdown(report(entry("refuted", { why })))
        .split("\n")
        .find((line) => line.startsWith("| ✗")) ?? "";
    const shown = row.replace(/&#(\d+);/g, (_all, code: string) =>
      String.fromCodePoint(Number(code)),
    );
    expect(shown).not.toMatch(/:\/\/|www\.|[@#!][\w]|GH-12/);
    expect(shown.replaceAll("\u2060", "")).toContain(why);
  });

  it("annotate failures, and start no other command", () => {
    const text = renderAnnotations(
      report(
        entry("passed"),
        entry("inconclusive"),
        entry("refuted", { experiment: "a,b:c", why: hostile }),
      ),
    );
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^::warning title=storm-inconclusive%3A inconclusive::it was inconclusive%0A\.\/seawall/,
    );
    expect(lines[1]).toMatch(/^::error title=a%2Cb%3Ac%3A refuted::x/);
    expect(lines[1]).toContain("%250A");
  });
});

describe("the page of a gate", () => {
  const links = {
    reportOf: () => "../../storm/r/report.html",
    comparisonOf: () => "comparison-storm.html",
  };
  const page = (given: GateReport): string => renderGateHtml(given, links, "begun today");

  it("states the smallest change that the runs could have shown where it passed", () => {
    const html = page(report(entry("passed")));
    const hero = html.slice(html.indexOf("<main>"), html.indexOf('id="experiments"'));
    expect(hero).toContain("Gate passed");
    expect(hero).toContain("the smallest change is ± 12 %");
  });

  it("states first what closed it, and links each run and comparison", () => {
    const html = page(report(entry("passed"), entry("worse")));
    const hero = html.slice(html.indexOf("<main>"), html.indexOf('id="experiments"'));
    expect(hero).toContain("Gate closed");
    expect(hero).toContain("storm-worse: it was worse");
    expect(html).toContain('href="../../storm/r/report.html"');
    expect(html).toContain('href="comparison-storm.html"');
  });

  it.each([
    ["held", report(entry("passed"))],
    ["refuted", report(entry("inconclusive"), entry("broken"))],
    ["inconclusive", report(entry("passed"), entry("inconclusive"))],
    ["inconclusive", { ...report(entry("passed")), passed: false, note: "no baseline" }],
  ] as const)("has the look of %s", (status, given) => {
    expect(page(given)).toContain(`<section class="verdict ${status}"`);
  });

  it("never takes text for markup", () => {
    const html = page(report(entry("worse", { experiment: hostile, why: hostile })));
    expect(html).not.toContain("<script>alert");
  });
});
