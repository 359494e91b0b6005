import { describe, expect, it } from "vitest";
import { findingId } from "../../harness/record/claim-ids.ts";
import type { Finding, Status, Verdict } from "../../harness/record/verdict.ts";
import { inARow, type Kind, type Repeat, repeatedTable, repeatOf } from "./repeated.ts";

const kind: Kind = { experiment: "storm", without: null };
const control: Kind = { experiment: "storm", without: "jitter" };
const circumstances = { version: "v", seconds: 81.4 };
const reliances = [{ defence: "jitter", refutes: [{ id: "claim.served", title: "Served" }] }];

const finding = (
  title: string,
  observed: number,
  limit: number,
  status: Status = "held",
  over: Partial<Finding> = {},
): Finding => ({
  kind: "claim",
  id: findingId("claim", { title }),
  subject: "target",
  title,
  status,
  phase: "fault",
  observed,
  comparison: "<=",
  limit,
  unit: "ms",
  samples: 9,
  values: [],
  why: "",
  ...over,
});
const served = (observed: number, status: Status = "held"): Finding =>
  finding("Served", observed, 0.999, status, { comparison: ">=", unit: "share" });
const verdict = (
  status: Status,
  without: readonly string[],
  findings: readonly Finding[],
): Verdict =>
  ({
    runId: "20261121T150405Z-1",
    experiment: "storm",
    without,
    status,
    why: `${status}, as given`,
    findings,
  }) as unknown as Verdict;
const repeat = (
  status: Status,
  without: readonly string[],
  ...findings: readonly Finding[]
): Repeat => repeatOf(verdict(status, without, findings), reliances, circumstances);

describe("one run", () => {
  it("ends as expected if held, and keeps each claim's phase closest to its limit", () => {
    const run = repeat(
      "held",
      [],
      finding("Wait", 40, 100),
      finding("Wait", 70, 100),
      finding("Other", 0, 100),
      served(0.9995),
    );
    expect(run).toMatchObject({
      ...kind,
      version: "v",
      seconds: 81,
      run: "20261121T150405Z-1",
      asItMust: true,
      why: "",
    });
    expect(Object.keys(run.figures)).toEqual(["claim.wait", "claim.served"]);
    expect(run.figures["claim.wait"]).toEqual({
      title: "Wait",
      observed: 70,
      comparison: "<=",
      limit: 100,
      unit: "ms",
      used: 0.7,
    });
    expect(run.figures["claim.served"]).toMatchObject({
      unit: "share",
      used: expect.closeTo(0.5, 5) as number,
    });
  });

  it.each<[string, Repeat, boolean]>([
    ["an experiment that is refuted", repeat("refuted", [], served(0.9, "refuted")), false],
    ["one that cannot be judged", repeat("inconclusive", []), false],
    [
      "a control that is refuted for what the defence protects",
      repeat("refuted", ["jitter"], served(0.9, "refuted")),
      true,
    ],
    [
      "a control that is refuted for something else",
      repeat("refuted", ["jitter"], served(1), finding("Wait", 101, 100, "refuted")),
      false,
    ],
    ["a control that holds", repeat("held", ["jitter"], served(1)), false],
    [
      "a control that cannot be judged",
      repeat("inconclusive", ["jitter"], served(0.9, "refuted")),
      false,
    ],
  ])("is %s", (_name, run, expected) => {
    expect(run.asItMust).toBe(expected);
    expect(run.why === "").toBe(expected);
  });

  it("keeps, for a control, only what the defence protects", () => {
    expect(
      Object.keys(
        repeat("refuted", ["jitter"], finding("Wait", 70, 100), served(0.9, "refuted")).figures,
      ),
    ).toEqual(["claim.served"]);
  });
});

describe("runs in a row", () => {
  const [good, bad] = [repeat("held", [], finding("Wait", 70, 100)), repeat("refuted", [])];
  it.each<[string, Repeat[], number]>([
    ["none", [], 0],
    ["all", [good, good], 2],
    ["since the last that did not", [good, bad, good, good], 2],
    ["the last did not", [good, bad], 0],
    ["of another kind", [good, repeat("held", ["jitter"])], 1],
  ])("%s", (_name, runs, expected) => {
    expect(inARow(kind, runs)).toBe(expected);
  });
});

describe("a run on a machine that lost much processor time to others", () => {
  const evidence = finding("generator.processor", 0, 0, "inconclusive", {
    kind: "evidence",
    id: "generator.processor",
    subject: "machine",
    why: "a quota took 51 % of the machine in fault",
  });
  const [good, taken] = [repeat("held", []), repeat("refuted", [], evidence)];
  it("counts neither for nor against", () => {
    expect([good.denied, taken.denied]).toEqual(["", evidence.why]);
    expect(inARow(kind, [good, taken, good])).toBe(2);
    expect(repeatedTable([kind], [good, taken])).toContain("| 1 of 1 | 1 |");
  });

  it("counts neither for nor against if the machine's clock was set, or the machine halted", () => {
    const clock = (status: Status, why: string): Finding =>
      finding("machine.clock", 0, 0, status, {
        kind: "evidence",
        id: "machine.clock",
        subject: "machine",
        why,
      });
    expect(
      repeat("inconclusive", [], clock("inconclusive", "the clock stepped by 2694 ms")).denied,
    ).toBe("the clock stepped by 2694 ms");
    expect(repeat("held", [], clock("held", "yes")).denied).toBe("");
  });

  it("counts if the experiment itself caused the problem", () => {
    expect(
      repeat("refuted", [], {
        ...evidence,
        subject: "generator",
        why: "it used 90 % of the machine in fault",
      }).denied,
    ).toBe("");
  });
});

describe("the table", () => {
  it("gives the number, the duration and the closest approach to a limit over all runs", () => {
    const runs = [
      repeat("held", [], finding("Wait", 70, 100), served(1)),
      repeat("held", [], finding("Wait", 20, 100), served(0.9998)),
      repeat("refuted", [], finding("Wait", 300, 100, "refuted")),
      repeat("refuted", ["jitter"], served(0.5, "refuted")),
    ];
    expect(
      repeatedTable([kind, control, { experiment: "storm", without: "steering" }], runs)
        .split("\n")
        .slice(2),
    ).toEqual([
      "| `storm` |  | 2 of 3 | 0 | 81 | Wait: 20 ms to 70 ms (≤ 100 ms) |",
      "| `storm` | `jitter` | 1 of 1 | 1 | 81 | Served: 50 % (≥ 99.9 %) |",
      "| `storm` | `steering` | 0 of 0 | 0 |  |  |",
    ]);
  });

  it("gives the observed value if no share of the limit expresses it, or states its absence", () => {
    const claim = (observed: number | null): Finding => ({
      ...finding("Served", 0, 20, "refuted"),
      observed,
      comparison: ">=",
    });
    expect(repeatedTable([control], [repeat("refuted", ["jitter"], claim(0))])).toContain(
      "Served: 0 ms (≥ 20 ms)",
    );
    expect(repeatedTable([control], [repeat("refuted", ["jitter"], claim(null))])).toContain(
      "Served: not seen (≥ 20 ms)",
    );
    expect(repeat("held", [], { ...claim(0), status: "held" }).figures).toEqual({});
  });

  it("leaves out figures from before a limit was changed", () => {
    const runs = [
      repeat("held", [], finding("Wait", 70, 80)),
      repeat("held", [], finding("Wait", 20, 100)),
    ];
    expect(repeatedTable([kind], runs)).toContain("Wait: 20 ms (≤ 100 ms)");
  });

  it("gives the number of runs in which a claim used nothing of its limit", () => {
    const runs = [repeat("held", [], served(1)), repeat("held", [], served(0.9998))];
    expect(repeatedTable([kind], runs)).toContain("Served: 99.98 %, in 1 of 2 nothing (≥ 99.9 %)");
    expect(repeatedTable([kind], runs.slice(0, 1))).toContain(
      "nothing that a limit allows was used up",
    );
  });
});
