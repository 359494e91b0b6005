import { describe, expect, it } from "vitest";
import type { Finding, Verdict } from "../record/verdict.ts";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { judge } from "../judge/judge.ts";
import { decidingOf } from "./deciding.ts";
import { timelineOf } from "./timeline.ts";
import { reportModel } from "./model.ts";
import { renderHtml } from "./html.ts";

const { run } = stormRun();
const timeline = timelineOf(run);
const judged = judge(run);
const claims = judged.findings.filter(({ kind }) => kind === "claim");
const [one] = claims as [Finding];

/** The verdict in which this finding has this status, and decides. */
function verdictOf(status: Verdict["status"], finding: Finding): Verdict {
  return {
    ...judged,
    status,
    findings: judged.findings.map((other) => ({
      ...other,
      status: other === finding ? status : ("held" as const),
    })),
  };
}

describe("the claim that decided", () => {
  it.each(claims.map((finding) => [finding.title, finding.phase, finding] as const))(
    "is the violated one: %s (%s)",
    (_title, _phase, finding) => {
      const deciding = decidingOf(run, verdictOf("refuted", finding), timeline);
      expect(deciding?.rows[0]).toMatchObject({ id: finding.id, phase: finding.phase });
    },
  );

  it("is the tightest where all held", () => {
    const verdict = verdictOf("held", one);
    const deciding = decidingOf(run, verdict, timeline);
    const used = deciding?.rows[0]?.used ?? 0;
    const most = reportModel(run, verdict).claims.map((row) => row.used ?? 0);
    expect(used).toBe(Math.max(...most));
  });

  it("is none where the evidence decided", () => {
    const evidence = judged.findings.find(({ kind }) => kind === "evidence") as Finding;
    expect(decidingOf(run, verdictOf("inconclusive", evidence), timeline)).toBeNull();
  });

  it("has points within the judged phases, in order, each in one phase", () => {
    const isJudged = (atMs: number): boolean =>
      timeline.phases.some(
        ({ phase, fromMs, untilMs }) =>
          ["baseline", "fault", "recovery"].includes(phase) && atMs >= fromMs && atMs <= untilMs,
      );
    for (const finding of claims) {
      const deciding = decidingOf(run, verdictOf("refuted", finding), timeline);
      const times = (deciding?.points ?? []).map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.filter((atMs) => !isJudged(atMs))).toEqual([]);
    }
  });

  it("stands on the first screen with its figure, its limit and its chart", () => {
    const verdict = verdictOf("refuted", one);
    const html = renderHtml(reportModel(run, verdict));
    const first = html.slice(html.indexOf("<main>"), html.indexOf('aria-label="On this page"'));
    expect(first).toContain("The claim that decided");
    expect(first).toContain(reportModel(run, verdict).deciding?.rows[0]?.observed);
    expect(first).toContain('class="deciding-chart"');
    expect(first).toContain('class="limit"');
  });
});
