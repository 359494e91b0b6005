/** Problems of running an experiment in virtual time: what the target's model does not cover. */
import { operationsSimulated } from "../../faults/faults.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { arrivalsPerSecondMax, type TargetModel } from "../../target/model.ts";
import type { Layout } from "../../target/layout.ts";
import { general, ofClaim, ofWorld, type PlanProblem } from "./problem.ts";

/** One line per part of an experiment that cannot be simulated. */
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
): PlanProblem[] {
  if (model === undefined)
    return [general(`the target ${target.name} has no model, so it cannot be simulated`)];
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
    ...(recovery === null
      ? []
      : [{ id: recovery.id, title: recovery.title, metric: recovery.goodput.metric }]),
  ];
  const acts = operationsSimulated(method.map(({ fault }) => fault)).filter(
    (name) => !model.operations.includes(name),
  );
  return [
    ...kinds.map((kind) => general(`the model knows no service of kind ${kind}`)),
    ...behaviours.map((name) => general(`the model knows no behaviour ${name}`)),
    ...crowds.map(({ name, workload, exec }) =>
      ofWorld(
        `load ${name}`,
        `one modelled iteration of ${workload}.${exec} cannot stand for many; the limit is ` +
          `${arrivalsPerSecondMax} per second`,
      ),
    ),
    ...acts.map((name) => general(`the model knows no operation ${name}`)),
    ...claims
      .filter((claim) => !model.metrics.includes(claim.metric))
      .map((claim) => ofClaim(claim, `the model does not emit ${claim.metric}`)),
  ];
}
