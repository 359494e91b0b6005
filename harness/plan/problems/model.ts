/**
 * What is in the way of running an experiment in virtual time: what the target's model does not
 * know.
 */
import { operationsSimulated } from "../../faults/faults.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { arrivalsPerSecondMax, type TargetModel } from "../../target/model.ts";
import type { Layout } from "../../target/layout.ts";

/** What of an experiment cannot be simulated, one line each. */
export function modelProblems(
  model: TargetModel | undefined,
  {
    load,
    hypothesis,
    recovery,
    abortWhen,
    target,
    method,
  }: Pick<Experiment, "load" | "hypothesis" | "recovery" | "abortWhen" | "target" | "method">,
  layout: Layout,
): string[] {
  if (model === undefined)
    return [`the target ${target.name} has no model, so it cannot be simulated`];
  const kinds = [...new Set(layout.services.map((service) => service.kind))].filter(
    (kind) => !model.kinds.includes(kind),
  );
  const behaviours = [...new Set(load.map((one) => `${one.workload}.${one.exec}`))].filter(
    (name) => !model.behaviours.includes(name),
  );
  const crowds = load.filter(
    (one) =>
      model.oneByOne.includes(`${one.workload}.${one.exec}`) &&
      Math.max(...Object.values(one.ratePerSecond)) > arrivalsPerSecondMax,
  );
  const claims = [
    ...hypothesis,
    ...abortWhen.map((abort) => abort.unless),
    ...(recovery === null ? [] : [{ title: recovery.title, metric: recovery.goodput.metric }]),
  ];
  const acts = operationsSimulated(method.map(({ fault }) => fault)).filter(
    (name) => !model.operations.includes(name),
  );
  return [
    ...kinds.map((kind) => `the model knows no service of kind ${kind}`),
    ...behaviours.map((name) => `the model knows no behaviour ${name}`),
    ...crowds.map(
      ({ name, workload, exec }) =>
        `load ${name}: the model cannot let one iteration of ${workload}.${exec} stand for many; ${arrivalsPerSecondMax} a second is the most`,
    ),
    ...acts.map((name) => `the model knows no operation ${name}`),
    ...claims
      .filter((claim) => !model.metrics.includes(claim.metric))
      .map((claim) => `claim "${claim.title}": the model does not emit ${claim.metric}`),
  ];
}
