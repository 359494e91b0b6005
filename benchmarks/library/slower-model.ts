/**
 * An experiment on a target some of whose services are slower: in its model every answer of theirs
 * takes so many times as long, with what they wait for and the way there.
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
