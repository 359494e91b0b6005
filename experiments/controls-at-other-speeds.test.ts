/** A control that goes red only on the machine on which its limits were chosen proves nothing on another one. */
import { describe, expect, it } from "vitest";
import { reliancesOf, refutedAsExpected } from "../harness/plan/reliance.ts";
import { judge } from "../harness/judge/judge.ts";
import { catalogue, refusal } from "../harness/substrates/simulated/catalogue.fixture.ts";
import { planned, simulateInMemory } from "../harness/substrates/simulated/in-memory.fixture.ts";
import { onMachine } from "../harness/substrates/simulated/machine-speed.fixture.ts";

const controls = catalogue
  .filter((experiment) => refusal(experiment) === null)
  .flatMap((experiment) =>
    reliancesOf(experiment).map((reliance) => ({ experiment, ...reliance })),
  );

describe.each([
  ["twice as fast", 0.5],
  ["half as fast", 2],
] as const)("on a machine that is %s", (_speed, slowness) => {
  it.each(
    controls.map(
      (control) => [`${control.experiment.name} without ${control.defence}`, control] as const,
    ),
  )("refutes %s for the claim that needs it", async (_title, { experiment, defence, refutes }) => {
    const { findings } = judge(
      await simulateInMemory(planned(onMachine(experiment, slowness), 1, [defence])),
    );
    expect(refutedAsExpected(refutes, findings)).not.toEqual([]);
  });
});
