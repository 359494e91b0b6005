/**
 * An experiment on a machine that is faster or slower than the one on which the model was
 * calibrated.
 */
import type { Experiment } from "../../../harness/experiment/experiment.ts";

/**
 * `slowness`: 2 on a machine that takes twice as long for each piece of work, 0.5 on one that takes
 * half as long.
 */
export function onMachine(experiment: Experiment, slowness: number): Experiment {
  const { model } = experiment.target;
  if (model === undefined) throw new Error(`${experiment.name} is about a target without a model`);
  return {
    ...experiment,
    target: {
      ...experiment.target,
      model: { ...model, start: (simulation) => model.start({ ...simulation, slowness }) },
    },
  };
}
