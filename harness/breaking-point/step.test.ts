import { describe, expect, it } from "vitest";
import { healedAtMs, heldDraft, runOf } from "../../test/support/judge/held-run.ts";
import { judge } from "../judge/judge.ts";
import type { Finding, Verdict } from "../record/verdict.ts";
import { readStep } from "./step.ts";

const held = judge(runOf(heldDraft()));
const claim: Finding = {
  kind: "claim",
  id: "claim.served",
  subject: "target",
  title: "Served",
  status: "refuted",
  phase: "fault",
  observed: 0.5,
  comparison: ">=",
  limit: 0.999,
  unit: "",
  samples: 100,
  values: [],
  why: "beyond its limit",
};
const verdict = (status: Verdict["status"], ...findings: readonly Finding[]): Verdict => ({
  ...held,
  status,
  why: "because",
  findings: [...held.findings, ...findings],
});
const tired: Finding = {
  ...claim,
  kind: "evidence",
  id: "generator.on-time",
  subject: "generator",
  title: "The load generator started its iterations on time",
  status: "inconclusive",
  phase: null,
  observed: null,
  limit: null,
  comparison: null,
  why: "p99 900 ms late in fault",
};

describe("one run of a search", () => {
  it("held, or broke with the violated claim", () => {
    expect(readStep(held)).toMatchObject({ outcome: "held", broke: [], why: "" });
    expect(readStep(verdict("refuted", claim))).toMatchObject({
      outcome: "broke",
      broke: ["Served (fault)"],
      why: "because",
    });
  });

  it("broke even if the baseline failed", () => {
    expect(
      readStep(
        verdict("inconclusive", {
          ...claim,
          phase: "baseline",
          status: "inconclusive",
          why: "not so even before the fault",
        }),
      ),
    ).toMatchObject({ outcome: "broke", broke: ["Served (baseline)"] });
  });

  it.each<[string, Verdict]>([
    ["late", verdict("inconclusive", tired)],
    ["late, and something was refuted", verdict("refuted", claim, tired)],
    [
      "dropping",
      verdict("inconclusive", {
        ...claim,
        status: "inconclusive",
        subject: "generator",
        observed: 1,
        why:
          "it would not hold if the iterations that the generator dropped or held back had " +
          "gone badly",
      }),
    ],
  ])("says nothing about the target if the generator was %s", (_what, given) => {
    expect(readStep(given).outcome).toBe("generator");
  });

  it("is unclear if the record is in doubt for another reason", () => {
    expect(
      readStep(
        verdict("inconclusive", {
          ...tired,
          id: "faults.landed",
          subject: "faults",
          title: "Every fault landed",
          why: "it did not",
        }),
      ).outcome,
    ).toBe("unclear");
  });

  it.each(["region-a/packager", "region-a/playlist-generator", "generator", "prober"])(
    "broke if service %s died, whatever its name",
    (service) => {
      const draft = heldDraft();
      draft.events.splice(9, 0, {
        kind: "exited",
        atMs: healedAtMs,
        service,
        expected: false,
        detail: "ended by SIGSEGV",
      });
      const judged = judge(runOf(draft));
      const reading = readStep({
        ...judged,
        status: "refuted",
        findings: [...judged.findings, claim],
      });
      expect(judged.findings.find(({ id }) => id === "services.alive")).toMatchObject({
        status: "inconclusive",
        subject: `service:${service}`,
      });
      expect(reading).toMatchObject({ outcome: "broke", broke: ["Served (fault)"] });
    },
  );
});
