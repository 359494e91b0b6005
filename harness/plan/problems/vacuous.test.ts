import { describe, expect, it } from "vitest";
import originStorm from "../../../experiments/origin-storm.ts";
import type { Claim } from "../../claims/statistics/registry.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { lineOf } from "./problem.ts";
import { vacuousProblems } from "./vacuous.ts";

const of = (statistic: Claim["statistic"]): Claim =>
  originStorm.hypothesis.find((claim) => claim.statistic === statistic) as Claim;
const [share, ratio] = [of("share"), of("ratio")];
const claiming = (...claims: readonly Partial<Claim>[]): Experiment => ({
  ...originStorm,
  hypothesis: claims.map((claim) => ({ ...share, ...claim }) as Claim),
});

describe("an experiment that cannot be refuted", () => {
  it("excludes the reference experiment", () => {
    expect(vacuousProblems(originStorm)).toEqual([]);
  });

  it.each<[string, Experiment, RegExp]>([
    ["a share of everything", claiming({ having: {} } as Partial<Claim>), /always 100 %/],
    [
      "a share of what was selected",
      claiming({ having: { lane: "live" } } as Partial<Claim>),
      /always 100 %/,
    ],
    [
      "a misspelt outcome",
      claiming({ having: { outcome: "servd" }, comparison: "<=", limit: 0.1 } as Partial<Claim>),
      /did you mean "served"/,
    ],
    ["a misspelt lane", claiming({ where: { lane: "liv" } }), /did you mean "live"/],
    ["at least nothing", claiming({ comparison: ">=", limit: 0 }), />= 0 is always true/],
    [
      "more than less than nothing",
      claiming({ comparison: ">", limit: -1 }),
      /> -1 is always true/,
    ],
    ["a share of at most all", claiming({ comparison: "<=", limit: 1 }), /<= 1 is always true/],
    [
      "a comparison with itself",
      claiming({ limit: { of: "fault", times: 1 } }),
      /phase fault is compared with itself/,
    ],
    [
      "the baseline alone",
      claiming({ during: ["baseline"] }),
      /claims nothing about fault or recovery/,
    ],
    [
      "a misspelt denominator",
      {
        ...originStorm,
        hypothesis: [
          {
            ...ratio,
            per: { metric: "publish_ms", where: { outcome: "ackd" }, times: 2 },
          } as Claim,
        ],
      },
      /did you mean "acked"/,
    ],
    [
      "recovery that takes anything for good",
      {
        ...originStorm,
        recovery: {
          ...(originStorm.recovery as NonNullable<Experiment["recovery"]>),
          having: {},
          shareMin: 0,
          ofBaselineMin: 0,
        },
      },
      /everything counts as good/,
    ],
    [
      "nobody there in the storm",
      {
        ...originStorm,
        load: originStorm.load.map((load) => ({
          ...load,
          ratePerSecond: { ...load.ratePerSecond, fault: 0 },
        })),
      },
      /no iteration is planned in fault/,
    ],
    [
      "absurd load",
      { ...originStorm, load: originStorm.load.map((load) => ({ ...load, vus: 1e12 })) },
      /more than 100000 virtual users/,
    ],
    [
      "more load than its limit allows",
      { ...originStorm, requestsPerSecondMax: 50 },
      /iterations per second in fault, more than the 50 requests per second that the/,
    ],
  ])("is refused: %s", (_what, experiment, problem) => {
    expect(vacuousProblems(experiment).map(lineOf).join("\n")).toMatch(problem);
  });

  it("excludes a comparison with another phase, and a limit of zero", () => {
    expect(
      vacuousProblems(
        claiming({ limit: { of: "baseline", times: 0.9 }, during: ["fault"] }, {
          title: "none lost",
          having: { outcome: "lost" },
          comparison: "<=",
          limit: 0,
        } as Partial<Claim>),
      ),
    ).toEqual([]);
  });
});
