/**
 * The problems of an experiment, each as one line for its author. `plan` collects all of them
 * before it refuses.
 */
import {
  type Claim,
  namedBy,
  selectorsOf,
  statisticOf,
  statistics,
} from "../../claims/statistics/registry.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Phase } from "../../base/phases.ts";
import type { Selector } from "../../metrics/samples.ts";
import { comparesBytes, metricIn, type Registry } from "../../metrics/metrics.ts";
import { claimId } from "../../record/claim-ids.ts";
import { repeated } from "../../base/lists.ts";
import { unknownName } from "../../base/nearest.ts";
import { todaysName } from "../../base/renamed.ts";
import type { PlanOptions } from "../options.ts";
import { isVirtual } from "../../record/substrates.ts";
import { listed } from "../../phrases/phrase.ts";
import { type Layout, metricsReadFrom } from "../../target/layout.ts";
import { general, ofAbort, ofClaim, ofRecovery, ofWorld, type PlanProblem } from "./problem.ts";

export function loadProblems(experiment: Experiment, options: PlanOptions): PlanProblem[] {
  const problems = repeated(experiment.load.map((load) => load.name)).map((name) =>
    ofWorld("load", `"${name}" occurs twice`),
  );
  for (const load of experiment.load) {
    const exported = options.workloadExports(load.workload);
    if (exported === null)
      problems.push(
        ofWorld(
          `load ${load.name}`,
          `there is no workload "${load.workload}"` +
            (load.workload.startsWith("/") ? "" : " in the target's pack"),
        ),
      );
    else if (!exported.includes(load.exec))
      problems.push(
        ofWorld(
          `load ${load.name}`,
          `${unknownName(`function of workload ${load.workload}`, load.exec, exported)}`,
        ),
      );
    const played = options.workloadPlays?.(load.workload)?.[load.exec] ?? [];
    const lanes = [...new Set(played.map(({ lane }) => lane))];
    if (lanes.length > 0 && !lanes.includes(load.lane))
      problems.push(
        ofWorld(
          `load ${load.name}`,
          `${load.workload}.${load.exec} plays lane ${lanes.join(" and ")}, not ${load.lane}`,
        ),
      );
    if (Object.values(load.ratePerSecond).every((rate) => rate === 0))
      problems.push(ofWorld(`load ${load.name}`, `its rate is zero in every phase`));
  }
  return problems;
}

/**
 * Rejects workloads whose required endpoints this topology lacks; they would fail only after
 * deployment.
 */
export function needProblems(
  experiment: Experiment,
  layout: Layout,
  { workloadNeeds }: PlanOptions,
): PlanProblem[] {
  const has = (need: string): boolean =>
    need === "content"
      ? layout.content !== undefined
      : (layout.otherEntries?.[need] ?? []).length > 0;
  return [...new Set(experiment.load.map(({ workload }) => workload))].flatMap((workload) =>
    (workloadNeeds?.(workload) ?? [])
      .filter((need) => !has(need))
      .map((need) => {
        const now = todaysName(need, ["content"]);
        const why = now === null ? "which this topology lacks" : `whose name is now "${now}"`;
        return ofWorld("load", `workload ${workload} needs ${need}, ${why}`);
      }),
  );
}

/** Samples of a class that the target does not declare would belong to no class. */
export function classProblems({ load, target: { pack } }: Experiment): PlanProblem[] {
  if (pack === undefined) return [];
  const { trafficClasses } = pack;
  return load
    .filter(({ lane }) => !trafficClasses.includes(lane))
    .map(({ name, lane }) => ofWorld(`load ${name}`, unknownName("lane", lane, trafficClasses)));
}

export function claimProblems(experiment: Experiment, registry: Registry): PlanProblem[] {
  const aborts = experiment.abortWhen.map((abort) => abort.unless);
  const { hypothesis, recovery } = experiment;
  const ids = [...hypothesis, ...(recovery === null ? [] : [recovery])].map(claimId);
  const problems = repeated(ids).map(
    (id): PlanProblem => ({
      where: "hypothesis",
      text: `two claims have the id "${id}"`,
      spoils: { id },
    }),
  );
  for (const claim of [...experiment.hypothesis, ...aborts]) {
    problems.push(
      ...distinct(namedBy(claim).flatMap((selector) => selectorProblems(selector, registry))).map(
        (text) => ofClaim(claim, text),
      ),
    );
    problems.push(
      ...counterProblems(claim, registry),
      ...totalProblems(claim, registry),
      ...byProblems(claim, registry),
      ...unitProblems(claim, registry),
    );
  }
  for (const claim of experiment.hypothesis)
    problems.push(...tooFewSamples(claim, experiment, registry));
  for (const claim of aborts) {
    if (typeof claim.limit !== "number")
      problems.push(
        ofAbort(claim, "its limit must be a number: phases cannot be compared while they run"),
      );
  }
  return problems;
}

/**
 * A counter reading represents as many requests as the counter grew. So the number of readings, or
 * a quantile of them, is meaningless.
 */
function counterProblems(claim: Claim, registry: Registry): PlanProblem[] {
  const counted = (name: string): boolean =>
    Object.hasOwn(registry, name) && registry[name]?.kind === "increment";
  const { isOfCounters, counterProblem } = statisticOf(claim);
  const problem = counterProblem(claim, counted);
  if (problem !== null) return [ofClaim(claim, problem)];
  if (isOfCounters || !counted(claim.metric)) return [];
  const fit = statistics.filter((one) => one.isOfCounters).map(({ name }) => name);
  return [
    ofClaim(
      claim,
      `${claim.metric} is a counter; only ${listed(fit)} apply to counters, not ${claim.statistic}`,
    ),
  ];
}

/** A rate of durations reads like a rate of requests, and one slow answer counts as thousands. */
function totalProblems(claim: Claim, registry: Registry): PlanProblem[] {
  const { isTotal, readsValues } = statisticOf(claim);
  const kind = metricIn(registry, claim.metric)?.kind;
  if (!isTotal || !readsValues) return [];
  const { metric, statistic } = claim;
  if (kind === "duration")
    return [
      ofClaim(claim, `${metric} is a duration, so ${statistic} adds up ms; use count or share`),
    ];
  return kind === "gauge"
    ? [ofClaim(claim, `${metric} is a reading, and ${statistic} adds readings up; use mean or max`)]
    : [];
}

/** Units that are easily confused. */
const units = [
  ["ns", "us", "µs", "ms", "s", "min"],
  ["B", "kB", "KB", "KiB", "MB", "MiB", "GB", "GiB"],
];
/** By the naming conventions of Prometheus: https://prometheus.io/docs/practices/naming */
const unitsOfNames: readonly (readonly [RegExp, string])[] = [
  [/_seconds(?:_total|_sum|_bucket)?$/, "s"],
  [/_milliseconds(?:_total|_sum|_bucket)?$|_ms$/, "ms"],
  [/_bytes(?:_total|_sum|_bucket)?$/, "B"],
];

/** A limit in another unit than its metric's is off by a factor of 1 000 or so. */
function unitProblems(claim: Claim, registry: Registry): PlanProblem[] {
  const known = Object.hasOwn(registry, claim.metric) ? registry[claim.metric] : undefined;
  const statistic = statisticOf(claim);
  if (claim.unit === undefined || !statistic.readsValues || statistic.number !== null) return [];
  const own =
    known?.unit || unitsOfNames.find(([name]) => name.test(claim.metric))?.[1] || undefined;
  const isOne = (unit: string | undefined): boolean =>
    units.some((alike) => alike.includes(unit ?? ""));
  return !isOne(own) || !isOne(claim.unit) || own === claim.unit
    ? []
    : [ofClaim(claim, `its limit is in ${claim.unit}, but ${claim.metric} is in ${own}`)];
}

function byProblems(claim: Claim, registry: Registry): PlanProblem[] {
  const by = statisticOf(claim).by(claim);
  if (by === null) return [];
  return selectorsOf(claim)
    .map(({ metric }) => metric)
    .filter(
      (name) =>
        Object.hasOwn(registry, name) &&
        registry[name]?.openTags !== true &&
        registry[name]?.tags.includes(by) === false,
    )
    .map((name) => ofClaim(claim, unknownName(`tag of ${name}`, by, registry[name]?.tags ?? [])));
}

function selectorProblems(selector: Selector, registry: Registry): string[] {
  const metric = Object.hasOwn(registry, selector.metric) ? registry[selector.metric] : undefined;
  if (metric === undefined)
    return [`${unknownName("metric", selector.metric, Object.keys(registry))}; nothing emits it`];
  if (metric.openTags === true) return [];
  return Object.keys(selector.where ?? {})
    .filter((tag) => !metric.tags.includes(tag))
    .map((tag) => unknownName(`tag of ${selector.metric}`, tag, metric.tags));
}

/**
 * Checks that some source in this topology emits such samples; otherwise their absence would show
 * only after the run.
 */
export function emitProblems(
  experiment: Experiment,
  layout: Layout,
  registry: Registry,
): PlanProblem[] {
  const telemetry = layout.services.flatMap((service) => service.telemetry);
  const emitted = (name: string): boolean => {
    const { source, needs } = metricIn(registry, name) ?? {};
    if (source === "service") return telemetry.some((one) => metricsReadFrom(one).includes(name));
    const isRead =
      needs?.telemetry === undefined ||
      telemetry.some(({ kind }) => needs.telemetry?.includes(kind));
    return isRead && (needs?.layout ?? []).every((part) => part in layout);
  };
  const missing = (names: readonly string[]): string[] =>
    distinct(names)
      .filter((name) => !emitted(name))
      .map((name) => `nothing in this target emits ${name}`);
  const { recovery, target } = experiment;
  const claims = [...experiment.hypothesis, ...experiment.abortWhen.map((abort) => abort.unless)];
  const bodies = target.pack?.bodies?.(layout);
  return [
    ...claims.flatMap((claim) =>
      missing(selectorsOf(claim).map((selector) => selector.metric)).map((text) =>
        ofClaim(claim, text),
      ),
    ),
    ...(bodies?.checksums === true
      ? []
      : claims
          .filter((claim) => comparesBytes(claim, registry))
          .map((claim) =>
            ofClaim(
              claim,
              `this target sends no checksum with a ${bodies?.name ?? "body"}, so no user ` +
                "compares bytes",
            ),
          )),
    ...missing(recovery === null ? [] : [recovery.goodput.metric]).map((text) =>
      ofRecovery(recovery, text),
    ),
  ];
}

/**
 * Reports a phase that is too short for the claim's samples, because it could only be inconclusive.
 */
function tooFewSamples(claim: Claim, experiment: Experiment, registry: Registry): PlanProblem[] {
  if (metricIn(registry, claim.metric)?.perIteration !== true) return [];
  const statistic = statisticOf(claim);
  if (statistic.sampled(claim) !== claim) return [];
  return claim.during.flatMap((phase: Phase) => {
    const most = statistic.samplesMost(claim, experiment.phasesMs[phase]);
    const expected = Math.min(
      most,
      offeredPerSecond(experiment, claim, phase) * (experiment.phasesMs[phase] / 1000),
    );
    return expected < claim.samplesMin
      ? [
          ofClaim(
            claim,
            `${phase} yields about ${Math.floor(expected)} samples; the claim needs ` +
              `${claim.samplesMin}`,
          ),
        ]
      : [];
  });
}

/** Iterations per second that could produce samples for the selector. */
function offeredPerSecond(experiment: Experiment, selector: Selector, phase: Phase): number {
  const lane = selector.where?.["lane"];
  return experiment.load
    .filter((load) => lane === undefined || load.lane === lane)
    .reduce((total, load) => total + load.ratePerSecond[phase], 0);
}

export function recoveryProblems(experiment: Experiment, registry: Registry): PlanProblem[] {
  const { recovery, phasesMs, method } = experiment;
  if (recovery === null)
    return method.length === 0
      ? []
      : [ofRecovery(null, "an experiment with faults must say what recovery means")];
  const { goodput, having } = recovery;
  const problems = distinct([
    ...selectorProblems(goodput, registry),
    ...selectorProblems({ metric: goodput.metric, where: having }, registry),
  ]);
  const metric = Object.hasOwn(registry, goodput.metric) ? registry[goodput.metric] : undefined;
  if (metric?.kind === "duration" && (metric.ofHarness === true || metric.source === "prober"))
    problems.push(
      `goodput must be measured by users; ${goodput.metric} is measured by the harness`,
    );
  if (metric !== undefined && metric.kind !== "duration")
    problems.push(
      `goodput needs a metric with one sample per request; ${goodput.metric} is not one`,
    );
  const [before, after] = [
    offeredPerSecond(experiment, goodput, "baseline"),
    offeredPerSecond(experiment, goodput, "recovery"),
  ];
  if (metric?.source === "generator" && after < recovery.ofBaselineMin * before)
    problems.push(
      `${after} requests per second are offered in it; ${recovery.ofBaselineMin} of the ` +
        `baseline needs ${recovery.ofBaselineMin * before}`,
    );
  if (phasesMs.baseline < recovery.windowMs)
    problems.push(
      `the baseline of ${phasesMs.baseline} ms is shorter than one window of ` +
        `${recovery.windowMs} ms`,
    );
  // Only whole windows count.
  const needed =
    Math.ceil((recovery.withinMs + 2 * recovery.windowMs) / recovery.windowMs) * recovery.windowMs;
  if (phasesMs.recovery < needed)
    problems.push(
      `the phase lasts ${phasesMs.recovery} ms; ${needed} ms are needed to show that ` +
        "goodput stays back",
    );
  if (method.length === 0)
    problems.push(`the method has no fault, so there is nothing to recover from; set it to null`);
  return problems.map((text) => ofRecovery(recovery, text));
}

/**
 * Users arrive in bursts, one per period, so a window that is no multiple of it contains varying
 * numbers of bursts.
 */
export function rhythmProblems(experiment: Experiment, layout: Layout): PlanProblem[] {
  const windowMs = experiment.recovery?.windowMs ?? 0;
  const { rhythm } = layout;
  if (rhythm === undefined) return [];
  const short = Object.entries(experiment.phasesMs).filter(([, ms]) => ms < 2 * rhythm.ms);
  if (short.length > 0)
    return short.map(([phase, ms]) =>
      ofWorld(`phase ${phase}`, `${ms} ms are shorter than two ${rhythm.name}s`),
    );
  return windowMs % rhythm.ms === 0
    ? []
    : [
        ofRecovery(
          experiment.recovery,
          `its windows of ${windowMs} ms are not a multiple of the ${rhythm.name} duration, ` +
            `${rhythm.ms} ms`,
        ),
      ];
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** There must be two witnesses of what is served: the generator and a prober. */
export function proberProblems(
  { target }: Experiment,
  { probes = [] }: Layout,
  { substrate }: Pick<PlanOptions, "substrate">,
): PlanProblem[] {
  if (isVirtual(substrate) || target.pack?.probes !== undefined || probes.length > 0) return [];
  return [
    general(
      `only the load generator would see what ${target.name} serves: give the target a pack ` +
        `with a prober, or list in "probes" what the prober requests`,
    ),
  ];
}

/**
 * Real players need a pack that supports them and a browser; in virtual time, the model provides
 * them.
 */
export function playerProblems(
  { players = [], hypothesis, abortWhen, target }: Experiment,
  layout: Layout,
  { substrate, browser }: Pick<PlanOptions, "substrate" | "browser">,
): PlanProblem[] {
  const claimed = [...hypothesis, ...abortWhen.map((abort) => abort.unless)].filter(
    (claim) => metricIn(target.pack?.metrics ?? {}, claim.metric)?.source === "player",
  );
  if (players.length === 0)
    return claimed.map((claim) =>
      ofClaim(claim, `the experiment has no player; say in "players" when one joins`),
    );
  if (isVirtual(substrate))
    return target.model === undefined || target.model.players !== undefined
      ? []
      : [ofWorld("players", `the model of ${target.name} has none`)];
  const { players: followed } = target.pack ?? {};
  const obstacle =
    followed === undefined
      ? `${target.name} has no pack that knows any`
      : followed.obstacle(layout);
  return [
    ...(obstacle === null ? [] : [ofWorld("players", obstacle)]),
    ...(browser === null
      ? [
          ofWorld(
            "players",
            "this machine has no Chromium; install it (apt-get install chromium) or set " +
              "CHROMIUM; see `seawall doctor`",
          ),
        ]
      : []),
  ];
}
