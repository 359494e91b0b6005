/**
 * Finds claims that cannot fail, and experiments without content: they would hold whatever the
 * target does.
 */
import { type Claim, namedBy, statisticOf } from "../../claims/statistics/registry.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import { type Phase, phases } from "../../base/phases.ts";
import type { Tags } from "../../metrics/tags.ts";
import { registryOf } from "../../record/metric-registry.ts";
import { isVirtual, type SubstrateName } from "../../record/substrates.ts";
import { general, ofAbort, ofClaim, ofRecovery, ofWorld, type PlanProblem } from "./problem.ts";
import { type TagValues, valueProblems, valuesIn } from "../tag-values.ts";

/** Far above the capacity of one machine's generator; a higher rate is a typing error. */
const ratePerSecondMax = 100_000;
/** In virtual time: more people than exist. */
const simulatedRateMax = 10_000_000_000;
const vusMax = 100_000;

export function vacuousProblems(
  experiment: Experiment,
  substrate: SubstrateName = "process",
  values: TagValues = ofPack(experiment),
): PlanProblem[] {
  const problems = experiment.hypothesis.flatMap((claim) =>
    claimThatCannotFail(claim, values).map((why) => ofClaim(claim, why)),
  );
  for (const { unless } of experiment.abortWhen)
    problems.push(...claimThatCannotFail(unless, values).map((why) => ofAbort(unless, why)));
  if (experiment.hypothesis.every((claim) => claim.during.every((phase) => phase === "baseline"))) {
    problems.push(general("hypothesis: it claims nothing about fault or recovery"));
  }
  return [
    ...problems,
    ...emptyRecovery(experiment, values),
    ...emptyLoad(experiment, isVirtual(substrate) ? simulatedRateMax : ratePerSecondMax),
  ];
}

/** For an unknown topology, uses the values that its pack declares. */
function ofPack({ target }: Experiment): TagValues {
  return valuesIn(null, registryOf({ services: [] }, target.pack));
}

function claimThatCannotFail(claim: Claim, values: TagValues): string[] {
  const statistic = statisticOf(claim);
  const problems = namedBy(claim).flatMap(({ metric, where }) =>
    valueProblems(metric, where ?? {}, values),
  );
  const having = statistic.having(claim);
  if (having !== null && !narrows(having, claim.where))
    problems.push(
      "every sample that it selects has the tags of `having`, so the share is always 100 %",
    );
  if (typeof claim.limit !== "number") {
    const { of } = claim.limit;
    return claim.during.includes(of)
      ? [...problems, `phase ${of} is compared with itself`]
      : problems;
  }
  const { comparison, limit } = claim;
  // Every statistic of every metric is zero or more.
  const always =
    (comparison === ">=" && limit <= 0) ||
    (comparison === ">" && limit < 0) ||
    (comparison === "<=" && limit >= statistic.most) ||
    (comparison === "<" && limit > statistic.most);
  return always ? [...problems, `${comparison} ${limit} is always true`] : problems;
}

function narrows(having: Tags, where: Tags | undefined): boolean {
  return Object.entries(having).some(([tag, value]) => where?.[tag] !== value);
}

function emptyRecovery({ recovery }: Experiment, values: TagValues): PlanProblem[] {
  if (recovery === null) return [];
  const problems = [
    ...valueProblems(recovery.goodput.metric, recovery.goodput.where ?? {}, values),
    ...valueProblems(recovery.goodput.metric, recovery.having, values),
  ];
  if (!narrows(recovery.having, recovery.goodput.where)) problems.push("everything counts as good");
  if (recovery.shareMin <= 0) problems.push("shareMin must be above 0");
  if (recovery.ofBaselineMin <= 0) problems.push("ofBaselineMin must be above 0");
  return problems.map((problem) => ofRecovery(recovery, problem));
}

function emptyLoad(experiment: Experiment, rateMax: number): PlanProblem[] {
  const offered = (phase: Phase): number =>
    experiment.load.reduce((total, load) => total + load.ratePerSecond[phase], 0);
  const problems = phases
    .filter((phase) => offered(phase) === 0)
    .map((phase) => ofWorld("load", `no iteration is planned in ${phase}`));
  const { requestsPerSecondMax = Number.POSITIVE_INFINITY } = experiment;
  for (const phase of phases.filter((one) => offered(one) > requestsPerSecondMax))
    problems.push(
      ofWorld(
        "load",
        `${offered(phase)} iterations per second in ${phase}, more than the ` +
          `${requestsPerSecondMax} requests per second that the experiment allows`,
      ),
    );
  for (const { name, ratePerSecond, vus } of experiment.load) {
    if (Math.max(...Object.values(ratePerSecond)) > rateMax)
      problems.push(ofWorld(`load ${name}`, `more than ${rateMax} iterations per second`));
    if (vus > vusMax) problems.push(ofWorld(`load ${name}`, `more than ${vusMax} virtual users`));
  }
  return problems;
}
