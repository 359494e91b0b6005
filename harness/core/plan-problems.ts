/** What can be wrong with an experiment, each as one line for its author. `plan` collects them all before it refuses. */
import type { Claim, Experiment, Phase, Selector } from "./experiment.ts";
import { describeFault, servicesStruck } from "./faults.ts";
import { metrics } from "./metrics.ts";
import { unknownName } from "./nearest.ts";
import type { PlanOptions } from "./plan.ts";
import type { Layout } from "./target.ts";

export function loadProblems(experiment: Experiment, options: PlanOptions): string[] {
  const problems = repeated(experiment.load.map((load) => load.name)).map((name) => `load: "${name}" occurs twice`);
  for (const load of experiment.load) {
    const exported = options.workloadExports(load.workload);
    if (exported === null) problems.push(`load ${load.name}: there is no workload "${load.workload}" in experiments/workloads`);
    else if (!exported.includes(load.exec)) problems.push(`load ${load.name}: ${unknownName(`function of workload ${load.workload}`, load.exec, exported)}`);
    if (Object.values(load.ratePerSecond).every((rate) => rate === 0)) problems.push(`load ${load.name}: its rate is zero in every phase`);
  }
  return problems;
}

export function claimProblems(experiment: Experiment): string[] {
  const claims = [...experiment.hypothesis, ...experiment.abortWhen.map((abort) => abort.unless)];
  const problems = repeated(experiment.hypothesis.map((claim) => claim.title)).map((title) => `hypothesis: "${title}" occurs twice`);
  for (const claim of claims) {
    problems.push(...selectorsOf(claim).flatMap((selector) => selectorProblems(`claim "${claim.title}"`, selector)));
    problems.push(...tooFewSamples(claim, experiment));
  }
  return problems;
}

function selectorsOf(claim: Claim): Selector[] {
  if (claim.statistic === "ratio") return [claim, claim.per];
  if (claim.statistic === "windowsWithout") return [claim, claim.first];
  if (claim.statistic === "share") return [claim, { metric: claim.metric, where: claim.having }];
  return [claim];
}

function selectorProblems(where: string, selector: Selector): string[] {
  const metric = Object.hasOwn(metrics, selector.metric) ? metrics[selector.metric] : undefined;
  if (metric === undefined) return [`${where}: ${unknownName("metric", selector.metric, Object.keys(metrics))}; nothing emits it`];
  return Object.keys(selector.where ?? {}).filter((tag) => !metric.tags.includes(tag))
    .map((tag) => `${where}: ${unknownName(`tag of ${selector.metric}`, tag, metric.tags)}`);
}

/** A phase too short for the claim's samples can only be inconclusive; say so before it is run. */
function tooFewSamples(claim: Claim, experiment: Experiment): string[] {
  if (claim.metric !== "segment_ms") return [];
  const lane = claim.where?.["lane"];
  const loads = experiment.load.filter((load) => lane === undefined || load.lane === lane);
  return claim.during.flatMap((phase: Phase) => {
    const expected = loads.reduce((total, load) => total + load.ratePerSecond[phase], 0) * (experiment.phasesMs[phase] / 1000);
    return expected < claim.samplesMin
      ? [`claim "${claim.title}": ${phase} yields about ${Math.floor(expected)} samples, the claim needs ${claim.samplesMin}`] : [];
  });
}

export function recoveryProblems(experiment: Experiment): string[] {
  const { recovery, phasesMs, method, target } = experiment;
  if (recovery === null) return method.length === 0 ? [] : ["recovery: an experiment with faults must say what recovery means"];
  const problems = selectorProblems("recovery", recovery.goodput);
  const needed = recovery.withinMs + 2 * recovery.windowMs;
  if (phasesMs.recovery < needed) problems.push(`recovery: the phase lasts ${phasesMs.recovery} ms, ${needed} ms are needed to see that goodput is back and stays`);
  if (method.length === 0) problems.push(`recovery: nothing is broken in ${target.name}, so there is nothing to recover from; leave it null`);
  return problems;
}

export function methodProblems(experiment: Experiment, layout: Layout, options: PlanOptions): string[] {
  const known = layout.services.map((service) => service.name);
  const { services: allowed, faultsAtOnceMax } = experiment.blastRadius;
  const problems = allowed.filter((name) => !known.includes(name)).map((name) => `blastRadius: ${unknownName("service", name, known)}`);
  experiment.method.forEach((step, index) => {
    const where = `step ${index + 1} (${describeFault(step.fault)})`;
    if (!options.supports.has(step.fault.kind)) problems.push(`${where}: the ${options.substrate} substrate cannot do this`);
    for (const service of servicesStruck(step.fault)) {
      if (!known.includes(service)) problems.push(`${where}: ${unknownName("service", service, known)}`);
      else if (!allowed.includes(service)) problems.push(`${where}: ${service} is outside the blast radius`);
    }
    if (step.atMs + step.forMs > experiment.phasesMs.fault) problems.push(`${where}: ends ${step.atMs + step.forMs} ms into a fault phase of ${experiment.phasesMs.fault} ms`);
    const during = experiment.method.filter((other) => other.atMs <= step.atMs && step.atMs < other.atMs + other.forMs);
    if (during.length > faultsAtOnceMax) problems.push(`${where}: ${during.length} faults at once, the blast radius allows ${faultsAtOnceMax}`);
    for (const other of experiment.method.slice(0, index)) {
      const overlaps = other.atMs < step.atMs + step.forMs && step.atMs < other.atMs + other.forMs;
      const shared = servicesStruck(step.fault).filter((service) => servicesStruck(other.fault).includes(service));
      if (overlaps && shared.length > 0) problems.push(`${where}: overlaps another fault on ${shared.join(", ")}; healing one would clear the other`);
    }
  });
  return problems;
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
