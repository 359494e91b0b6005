import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tier } from "./tiers.ts";
import { expand, inTierOrder, plannedMs, suiteProblems } from "./suite.ts";
import type { Target } from "../target/target.ts";

const tiers: readonly Tier[] = ["storm", "monkey", "latency", "gorilla", "kong"];
const item = (name: string, tier: Tier, requires: readonly string[] = []) => ({
  experiment: { name, tier, requires },
});

describe("a suite", () => {
  it("runs each experiment once in each topology that it names", () => {
    expect(
      expand({ runs: ["b", "*", "a", { experiment: "a", topology: "zones" }] }, ["a", "b"]),
    ).toEqual([
      { experiment: "b", topology: null },
      { experiment: "a", topology: null },
      { experiment: "a", topology: "zones" },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["nothing", { title: "t", withinMinutes: 1, runs: [] }, "runs: it names no experiment"],
    [
      "what there is not",
      { title: "t", withinMinutes: 1, runs: ["orgin"] },
      'unknown experiment "orgin"; did you mean "origin"?',
    ],
    ["no title", { withinMinutes: 1, runs: ["origin"] }, "title: "],
    ["no shape", undefined, "suite: "],
  ])("is refused if it has %s", (_what, suite, problem) => {
    expect(suiteProblems(suite, ["origin"])).toEqual([expect.stringContaining(problem)]);
  });

  it("is otherwise valid, and accepts * only with a catalogue", () => {
    const suite = { title: "t", withinMinutes: 1, runs: ["*"] };
    expect(suiteProblems(suite, ["origin"])).toEqual([]);
    expect(suiteProblems(suite, [])).toEqual(["runs: it names no experiment"]);
  });

  it("runs lower tiers first, and prerequisites before their dependents", () => {
    const names = ["a", "b", "c", "d", "e"];
    const some = fc.array(
      fc.record({ tier: fc.constantFrom(...tiers), requires: fc.subarray(names) }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(some, (drafts) => {
        // An experiment requires only alphabetically earlier ones, so there is no cycle.
        const items = drafts.map(({ tier, requires }, index) =>
          item(
            names[index] as string,
            tier,
            requires.filter((name) => name < (names[index] as string)),
          ),
        );
        const order = inTierOrder(items);
        expect(new Set(order)).toEqual(new Set(items));
        expect(order).toHaveLength(items.length);
        for (const [at, { experiment }] of order.entries()) {
          for (const name of experiment.requires) {
            const needed = order.findIndex((one) => one.experiment.name === name);
            if (needed >= 0) expect(needed).toBeLessThan(at);
          }
        }
        const free = order.filter(
          ({ experiment }) =>
            !items.some((one) => one.experiment.requires.includes(experiment.name)) &&
            experiment.requires.length === 0,
        );
        expect(free.map(({ experiment }) => tiers.indexOf(experiment.tier))).toEqual(
          free.map(({ experiment }) => tiers.indexOf(experiment.tier)).sort(),
        );
      }),
    );
  });

  it("terminates even if two experiments require each other", () => {
    expect(inTierOrder([item("a", "kong", ["b"]), item("b", "storm", ["a"])])).toHaveLength(2);
  });

  it("is estimated from its phases and the start-up time of its topology", () => {
    const topology = {
      title: "",
      layout: () => {
        throw new Error();
      },
    };
    const target: Target = {
      name: "t",
      defences: [],
      topologies: { small: topology, large: { ...topology, upMs: 80_000 } },
    };
    const experiment = {
      target,
      topology: "small",
      phasesMs: { baseline: 10_000, fault: 20_000, recovery: 10_000 },
    };
    expect(plannedMs(experiment, "large") - plannedMs(experiment)).toBe(60_000);
    expect(plannedMs(experiment)).toBeGreaterThan(40_000);
  });
});
