/**
 * An experiment on a target with some slower services. In its model, each of their answers takes a
 * multiple of its time, including their waits and the transfer.
 */
import type { Experiment } from "../../harness/experiment/experiment.ts";
import type { Simulation } from "../../harness/target/model.ts";

export function slower(
  experiment: Experiment,
  kinds: readonly string[],
  times: number,
): Experiment {
  const { model } = experiment.target;
  if (model === undefined) throw new Error(`${experiment.name} is about a target without a model`);
  return {
    ...experiment,
    target: {
      ...experiment.target,
      model: { ...model, start: (simulation) => model.start(slowed(simulation, kinds, times)) },
    },
  };
}

function slowed(simulation: Simulation, kinds: readonly string[], times: number): Simulation {
  return {
    ...simulation,
    request: (request) => {
      if (!kinds.includes(request.to.kind)) return simulation.request(request);
      const askedMs = simulation.nowMs();
      simulation.request({
        ...request,
        done: (answer) =>
          simulation.after((times - 1) * (simulation.nowMs() - askedMs), () =>
            request.done(answer),
          ),
      });
    },
  };
}
