import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationMs, type ScriptLoad, takeScenarios } from "./script-load.ts";

const phasesMs = { baseline: 8_000, fault: 12_000, recovery: 10_000 };
const script: ScriptLoad = { workload: "/w/visits.ts", scenarios: true };
const constant = {
  executor: "constant-arrival-rate",
  rate: 30,
  timeUnit: "3s",
  duration: "30s",
  preAllocatedVUs: 20,
};
const take = (scenarios: object, more: Partial<ScriptLoad> = {}) =>
  takeScenarios({ ...script, ...more }, { scenarios }, phasesMs);

describe("scenarios of a script", () => {
  it("become loads with one rate in each phase", () => {
    const { loads, problems } = take({
      everyday_visits: { ...constant, tags: { lane: "browse" }, env: { PAGE: "/" } },
      rush: {
        executor: "ramping-arrival-rate",
        exec: "order",
        startRate: 5,
        preAllocatedVUs: 50,
        maxVUs: 90,
        stages: [
          { target: 5, duration: "8s" },
          { target: 40, duration: 0 },
          { target: 40, duration: "12s" },
        ],
      },
    });
    expect(problems).toEqual([]);
    expect(loads).toEqual([
      {
        name: "everyday-visits",
        workload: "/w/visits.ts",
        exec: "default",
        lane: "browse",
        ratePerSecond: { baseline: 10, fault: 10, recovery: 10 },
        vus: 20,
        env: { PAGE: "/" },
      },
      {
        name: "rush",
        workload: "/w/visits.ts",
        exec: "order",
        lane: "rush",
        ratePerSecond: { baseline: 5, fault: 40, recovery: 0 },
        vus: 90,
      },
    ]);
  });

  it("can begin with a phase, and be taken by name", () => {
    const { loads } = take(
      { storm: { ...constant, startTime: "8s", duration: "12s" }, other: { executor: "none" } },
      { scenarios: ["storm"], lane: "live" },
    );
    expect(loads).toMatchObject([
      { name: "storm", lane: "live", ratePerSecond: { baseline: 0, fault: 10, recovery: 0 } },
    ]);
  });

  it.each<readonly [string, object, RegExp]>([
    ["a closed model", { executor: "ramping-vus", stages: [] }, /ramping-vus is a closed model/],
    ["a ramp within a phase", { ...constant, startTime: "2s" }, /changes within phase baseline/],
    ["no virtual users", { ...constant, preAllocatedVUs: undefined }, /needs preAllocatedVUs/],
    ["a duration that is none", { ...constant, duration: "soon" }, /needs a rate and a duration/],
    ["an unknown executor", { executor: "moon" }, /there is no executor moon/],
    [
      "tags that nobody takes",
      { ...constant, tags: { team: "a" } },
      /only lane is taken, not team/,
    ],
  ])("are refused with a reason: %s", (_what, scenario, reason) => {
    const { loads, problems } = take({ one: scenario });
    expect(loads).toEqual([]);
    expect(problems.join("\n")).toMatch(reason);
  });

  it("are missed where a script has none, or another name", () => {
    expect(takeScenarios(script, { vus: 5, duration: "1m" }, phasesMs).problems).toEqual([
      expect.stringMatching(
        /exports no options.scenarios; of vus, duration .* wait for the target/,
      ),
    ]);
    expect(take({ a: constant }, { scenarios: ["b"] }).problems).toEqual([
      'there is no scenario "b"; there are a',
    ]);
  });

  it("offer what they say: rate × time of each phase, to the iteration", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 3 }),
        (rates) => {
          const stages = Object.values(phasesMs).flatMap((ms, index) => [
            { target: rates[index], duration: "0s" },
            { target: rates[index], duration: `${ms}ms` },
          ]);
          const { loads } = take({
            one: { executor: "ramping-arrival-rate", preAllocatedVUs: 1, stages },
          });
          expect(Object.values(loads[0]?.ratePerSecond ?? {})).toEqual(rates);
        },
      ),
    );
  });
});

it("reads durations as k6 does", () => {
  expect(["1m30s", "500ms", "1.5s", 250, "0", "1h", "x", "", -1].map(durationMs)).toEqual([
    90_000,
    500,
    1_500,
    250,
    0,
    3_600_000,
    null,
    null,
    null,
  ]);
});
