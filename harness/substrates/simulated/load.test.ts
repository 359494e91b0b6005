import { expect, it } from "vitest";
import type { Iteration, RunningModel } from "../../target/model.ts";
import type { SampleSink, Series } from "../../metrics/samples.ts";
import type { Plan } from "../../record/plan.ts";
import { SimulatedLoad } from "./load.ts";
import { VirtualClock } from "./virtual-clock.ts";

async function ran(
  vus: number,
  lastsMs: number,
  perSecond = 10,
): Promise<{ users: number[]; dropped: number }> {
  const clock = new VirtualClock(0);
  const [users, dropped] = [[] as number[], { count: 0 }];
  const plan = {
    leadInMs: 0,
    rhythm: { ms: 2_000, name: "segment", zeroMs: 0 },
    substrate: "simulated",
    phasesMs: { baseline: 200, fault: 200, recovery: 200 },
    load: [
      {
        name: "l",
        workload: "w",
        exec: "e",
        lane: "live",
        vus,
        ratePerSecond: { baseline: perSecond, fault: perSecond, recovery: perSecond },
      },
    ],
  } as unknown as Plan;
  const model = {
    iterate: ({ user }: Iteration, done: () => void) => {
      users.push(user);
      clock.after(lastsMs, done);
    },
  } as unknown as RunningModel;
  const sink = {
    series: ({ metric }: Series) => (metric === "dropped_iterations" ? 1 : 0),
    sample: (id: number) => {
      dropped.count += id;
    },
  } as unknown as SampleSink;
  const load = new SimulatedLoad(plan, clock, model, sink);
  await load.begin();
  await clock.until(clock.sleep(1_000));
  return { users: users.slice(0, 7), dropped: dropped.count };
}

it("assigns each iteration to the user who is idle longest", async () => {
  expect(await ran(3, 10)).toEqual({ users: [0, 1, 2, 0, 1, 2, 0], dropped: 0 });
  expect((await ran(3, 150)).users).toEqual([0, 1, 2, 0, 1, 2, 0]);
});

it("drops an iteration without a free user, except for a crowd", async () => {
  const { users, dropped } = await ran(2, 10_000);
  expect([users, dropped > 0]).toEqual([[0, 1], true]);
  expect((await ran(1, 10_000, 10_000)).users).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
