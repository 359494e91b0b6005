/** Runners whose clocks differ, so that their samples belong to other phases than they say. */
import { add, type Draft, startOf } from "../support/judge/held-run.ts";
import { honest, lie } from "./drafts.ts";
import type { LieGroup } from "./lie.ts";

const endMs = startOf.recovery + 20_000;

/** Four readings, evenly over the run. */
function clock(draft: Draft, runner: string, offsetsMs: readonly number[], boundMs = 2): void {
  const stepMs = (endMs - startOf.baseline) / offsetsMs.length;
  for (const [index, value] of offsetsMs.entries()) {
    const fromMs = startOf.baseline + index * stepMs;
    for (const [metric, reading] of [
      ["runner_clock_offset_ms", value],
      ["runner_clock_bound_ms", boundMs],
    ] as const)
      add(draft, 1, fromMs, fromMs + stepMs, { metric, tags: { runner }, value: reading });
  }
}

const shared = (draft: Draft): void => {
  draft.plan = { ...draft.plan, runners: { place: "local", count: 2 } };
  clock(draft, "1", [1, 2, -1, 1]);
};
const second = (offsetsMs: readonly number[], boundMs?: number) => (draft: Draft) => {
  shared(draft);
  clock(draft, "2", offsetsMs, boundMs);
};

const caught = "generator.clocks";

export const runnerLies: LieGroup = {
  title: "Runners with clocks of their own",
  runs: "hermetic",
  lies: [
    lie("clock-ahead", "a runner's clock is 200 ms ahead", caught, second([200, 200, 200, 200])),
    lie("clock-behind", "a runner's clock is 60 ms behind", caught, second([-60, -60, -60, -60])),
    lie("clock-steps", "a runner's clock is off for a while", caught, second([0, 0, 90, 0])),
    lie("clock-unknown", "a runner's clock is known to 80 ms only", caught, second([0, 0], 80)),
    lie("clock-never-read", "a runner's clock is never compared", caught, shared),
  ],
  honest: [
    honest("clocks-agree", "two runners differ by some ms", second([9, -7, 3, 0], 12)),
    honest("clock-just-within", "a runner is off by 40 ms, known to 5 ms", second([40, 40], 5)),
  ],
};
