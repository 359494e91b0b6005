import { describe, expect, it } from "vitest";
import originStorm from "../../../experiments/origin-storm.ts";
import originStormPlayer from "../../../experiments/origin-storm-player.ts";
import startSurge from "../../../experiments/start-surge.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { judge } from "../../judge/judge.ts";
import type { TargetModel } from "../../target/model.ts";
import type { Run } from "../../record/run.ts";
import { planned, simulateInMemory } from "../../../test/support/simulated/in-memory.ts";

const run = async (
  experiment: Experiment,
  without: readonly string[] = [],
  seed = 1,
): Promise<Run> => simulateInMemory(planned(experiment, seed, without));
const times = (experiment: Experiment, scale: number): Experiment => ({
  ...experiment,
  load: experiment.load.map((load) => ({
    ...load,
    ratePerSecond: {
      baseline: load.ratePerSecond.baseline * scale,
      fault: load.ratePerSecond.fault * scale,
      recovery: load.ratePerSecond.recovery * scale,
    },
  })),
});
/** The same storm with fewer viewers, for tests that do not depend on their number. */
const small = {
  ...times(originStorm, 0.3),
  hypothesis: originStorm.hypothesis.map((claim) => ({ ...claim, samplesMin: 1 })),
};

describe("the origin storm in virtual time", () => {
  it("replays to the last sample with the same seed, and differs with another", async () => {
    const record = (one: Run): string =>
      JSON.stringify([
        one.events,
        one.series.map((series) => [
          series.metric,
          series.tags,
          [...series.atMs],
          [...series.values],
        ]),
      ]);
    const first = record(await run(small, [], 7));
    expect(record(await run(small, [], 7)) === first).toBe(true);
    expect(record(await run(small, [], 8)) === first).toBe(false);
  });

  it("costs no more for 65 million viewers, and does not load the origin more", async () => {
    const crowd: Experiment = {
      ...times(small, 870_000),
      phasesMs: { baseline: 8_000, fault: 8_000, recovery: 16_000 },
      method: [
        { atMs: 3_000, forMs: 4_000, fault: { kind: "kill", service: "region-a/origin-read" } },
      ],
    };
    const one = await run(crowd);
    expect(judge(one).status).toBe("held");
    expect(one.series.reduce((sum, series) => sum + series.values.length, 0)).toBeLessThan(150_000);
  });

  it("has modelled players that neither the plan nor the record takes for real ones", async () => {
    const { plan } = planned(originStormPlayer, 1);
    expect(plan.notes?.[0]).toMatch(/^no real player or browser: players are simulated, /);
    const watched = (await run(originStormPlayer)).series.filter(({ metric }) =>
      metric.startsWith("player_"),
    );
    expect(new Set(watched.map(({ tags }) => tags["player"]))).toEqual(
      new Set(["modelled-player-1", "modelled-player-2"]),
    );
    const { model } = originStormPlayer.target;
    const { players: _, ...without } = model ?? {};
    expect(() =>
      planned(
        {
          ...originStormPlayer,
          target: { ...originStormPlayer.target, model: without as TargetModel },
        },
        1,
      ),
    ).toThrow(/players: the model of live-streaming has none/);
  });

  it("is refused where the model does not cover it", () => {
    const [live, ...others] = originStorm.load;
    expect(() =>
      planned(
        {
          ...originStorm,
          load: [{ ...live, exec: "nobody" } as Experiment["load"][number], ...others],
        },
        1,
      ),
    ).toThrow(/knows no behaviour viewers.nobody/);
    const act = {
      kind: "operate",
      service: "region-a/gateway",
      operation: "clock",
      look: { operation: "clock", shows: "9" },
    } as const;
    const acting = planned.bind(
      null,
      {
        ...originStorm,
        blastRadius: { services: [act.service], faultsAtOnceMax: 1 },
        method: [{ atMs: 1_000, forMs: 1_000, fault: act }],
      },
      1,
    );
    expect(acting).toThrow(/knows no operation clock/);
    expect(() => planned(times(startSurge, 2), 1)).toThrow(
      /one modelled iteration of starts.prefetch cannot stand for many; the limit is 250 per second/,
    );
    const { model: _, ...withoutModel } = originStorm.target;
    expect(() => planned({ ...originStorm, target: withoutModel }, 1)).toThrow(/has no model/);
  });
});
