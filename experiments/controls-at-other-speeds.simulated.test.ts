/**
 * A control that is refuted only at the speed of the machine on which its limits were chosen proves
 * nothing on another. These tests try some controls on a faster or slower machine.
 * `benchmarks/control-margins.ts` tries all of them at five speeds.
 */
import { describe, expect, it } from "vitest";
import { reliancesOf, refutedAsExpected } from "../harness/plan/reliance.ts";
import { judge } from "../harness/judge/judge.ts";
import { catalogue, refusal } from "../test/support/simulated/catalogue.ts";
import { planned, simulateInMemory } from "../test/support/simulated/in-memory.ts";
import { onMachine } from "../test/support/simulated/machine-speed.ts";

const speeds = [
  ["twice as fast", 0.5],
  ["half as fast", 2],
] as const;
const oneOf = 8;

const controls = catalogue
  .filter((experiment) => refusal(experiment) === null)
  .flatMap((experiment) =>
    reliancesOf(experiment).map((reliance) => ({ experiment, ...reliance })),
  );

describe.each(speeds.map(([title, slowness], index) => [title, slowness, index] as const))(
  "on a machine that is %s",
  (_title, slowness, index) => {
    // The two speeds try different controls.
    const first = index * Math.floor(oneOf / speeds.length);
    it.each(
      controls
        .filter((_, at) => at % oneOf === first)
        .map(
          (control) => [`${control.experiment.name} without ${control.defence}`, control] as const,
        ),
    )("refutes %s for the claim that needs it", async (_name, { experiment, defence, refutes }) => {
      const { findings } = judge(
        await simulateInMemory(planned(onMachine(experiment, slowness), 1, [defence])),
      );
      expect(refutedAsExpected(refutes, findings)).not.toEqual([]);
    });
  },
);
