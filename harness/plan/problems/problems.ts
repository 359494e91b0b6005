/** What can be wrong with an experiment, each as one line for its author. `plan` collects them all before it refuses. */
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
import { unknownName } from "../../base/nearest.ts";
import type { PlanOptions } from "../options.ts";
import { isVirtual } from "../../record/substrates.ts";
import { isExposed, type Layout } from "../../target/layout.ts";

export function loadProblems(experiment: Experiment, options: PlanOptions): string[] {
  const problems = repeated(experiment.load.map((load) => load.name)).map(
    (name) => `load: "${name}" occurs twice`,
  );
  for (const load of experiment.load) {
    const exported = options.workloadExports(load.workload);
    if (exported === null)
      problems.push(
        `load ${load.name}: there is no workload "${load.workload}"${load.workload.startsWith("/") ? "" : " in experiments/workloads"}`,
      );
    else if (!exported.includes(load.exec))
      problems.push(
        `load ${load.name}: ${unknownName(`function of workload ${load.workload}`, load.exec, exported)}`,
      );
    const lanes = (options.workloadPlays?.(load.workload)?.[load.exec] ?? []).map(
      ({ lane }) => lane,
    );
    if (lanes.length > 0 && !lanes.includes(load.lane))
      problems.push(
        `load ${load.name}: ${load.workload}.${load.exec} plays lane ${lanes.join(" and ")}, not ${load.lane}`,
      );
    if (Object.values(load.ratePerSecond).every((rate) => rate === 0))
      problems.push(`load ${load.name}: its rate is zero in every phase`);
  }
  return problems;
}

/** A workload without those that it asks could only fail once all is up. */
export function needProblems(
  experiment: Experiment,
  layout: Layout,
  { workloadNeeds }: PlanOptions,
): string[] {
  const has = (need: string): boolean =>
    need === "stream"
      ? layout.stream !== undefined
      : need === "gateways" && (layout.gateways ?? []).length > 0;
  return [...new Set(experiment.load.map(({ workload }) => workload))].flatMap((workload) =>
    (workloadNeeds?.(workload) ?? [])
      .filter((need) => !has(need))
      .map(
        (need) =>
          `load: workload ${workload} needs ${need === "stream" ? "a stream" : need}, and this topology has none`,
      ),
  );
}

/** A load of a class that the target does not know would be counted for nobody. */
export function classProblems({ load, target: { pack } }: Experiment): string[] {
  if (pack === undefined) return [];
  const { trafficClasses } = pack;
  return load
    .filter(({ lane }) => !trafficClasses.includes(lane))
    .map(({ name, lane }) => `load ${name}: ${unknownName("lane", lane, trafficClasses)}`);
}

export function claimProblems(experiment: Experiment, registry: Registry): string[] {
  const aborts = experiment.abortWhen.map((abort) => abort.unless);
  const problems = repeated(experiment.hypothesis.map((claim) => claim.title)).map(
    (title) => `hypothesis: "${title}" occurs twice`,
  );
  for (const claim of [...experiment.hypothesis, ...aborts]) {
    problems.push(
      ...new Set(
        namedBy(claim).flatMap((selector) =>
          selectorProblems(`claim "${claim.title}"`, selector, registry),
        ),
      ),
    );
    problems.push(
      ...counterProblems(claim, registry),
      ...byProblems(claim, registry),
      ...unitProblems(claim, registry),
    );
  }
  for (const claim of experiment.hypothesis)
    problems.push(...tooFewSamples(claim, experiment, registry));
  for (const claim of aborts) {
    if (typeof claim.limit !== "number")
      problems.push(
        `abortWhen "${claim.title}": its limit must be a number, as phases cannot be compared while they run`,
      );
  }
  return problems;
}

/** A reading of a counter stands for as many requests as it has grown by, so the number of readings means nothing, nor does a quantile of them. */
function counterProblems(claim: Claim, registry: Registry): string[] {
  const counted = (name: string): boolean =>
    Object.hasOwn(registry, name) && registry[name]?.kind === "increment";
  const where = `claim "${claim.title}"`;
  const { isOfCounters, counterProblem } = statisticOf(claim);
  const problem = counterProblem(claim, counted);
  if (problem !== null) return [`${where}: ${problem}`];
  if (isOfCounters || !counted(claim.metric)) return [];
  const fit = statistics.filter((one) => one.isOfCounters).map(({ name }) => name);
  return [
    `${where}: ${claim.metric} is a counter, of which only ${fit.slice(0, -1).join(", ")} and ${fit.at(-1)} mean something, not ${claim.statistic}`,
  ];
}

/** Units of which one is easily taken for another. */
const units = [
  ["ns", "us", "µs", "ms", "s", "min"],
  ["B", "kB", "KB", "KiB", "MB", "MiB", "GB", "GiB"],
];
/** By the naming habits of Prometheus: https://prometheus.io/docs/practices/naming */
const unitsOfNames: readonly (readonly [RegExp, string])[] = [
  [/_seconds(?:_total|_sum|_bucket)?$/, "s"],
  [/_milliseconds(?:_total|_sum|_bucket)?$|_ms$/, "ms"],
  [/_bytes(?:_total|_sum|_bucket)?$/, "B"],
];

/** A limit in another unit than its metric's is a thousand times too kind, or too strict. */
function unitProblems(claim: Claim, registry: Registry): string[] {
  const known = Object.hasOwn(registry, claim.metric) ? registry[claim.metric] : undefined;
  const statistic = statisticOf(claim);
  if (claim.unit === undefined || !statistic.readsValues || statistic.number !== null) return [];
  const own =
    known?.unit || unitsOfNames.find(([name]) => name.test(claim.metric))?.[1] || undefined;
  const isOne = (unit: string | undefined): boolean =>
    units.some((alike) => alike.includes(unit ?? ""));
  return !isOne(own) || !isOne(claim.unit) || own === claim.unit
    ? []
    : [`claim "${claim.title}": its limit is in ${claim.unit}, and ${claim.metric} is in ${own}`];
}

function byProblems(claim: Claim, registry: Registry): string[] {
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
    .map(
      (name) =>
        `claim "${claim.title}": ${unknownName(`tag of ${name}`, by, registry[name]?.tags ?? [])}`,
    );
}

function selectorProblems(where: string, selector: Selector, registry: Registry): string[] {
  const metric = Object.hasOwn(registry, selector.metric) ? registry[selector.metric] : undefined;
  if (metric === undefined)
    return [
      `${where}: ${unknownName("metric", selector.metric, Object.keys(registry))}; nothing emits it`,
    ];
  if (metric.openTags === true) return [];
  return Object.keys(selector.where ?? {})
    .filter((tag) => !metric.tags.includes(tag))
    .map((tag) => `${where}: ${unknownName(`tag of ${selector.metric}`, tag, metric.tags)}`);
}

/** Whether anything in this topology brings such samples: a reading that nobody can take would only be found missing after the run. */
export function emitProblems(experiment: Experiment, layout: Layout, registry: Registry): string[] {
  const telemetry = layout.services.flatMap((service) => service.telemetry);
  const emitted = (name: string): boolean => {
    const { source, needs } = metricIn(registry, name) ?? {};
    if (source === "service")
      return telemetry.some((one) => isExposed(one) && one.series.includes(name));
    const isRead =
      needs?.telemetry === undefined ||
      telemetry.some(({ kind }) => needs.telemetry?.includes(kind));
    return isRead && (needs?.readBack !== true || layout.readBack !== undefined);
  };
  const missing = (where: string, names: readonly string[]): string[] =>
    [...new Set(names)]
      .filter((name) => !emitted(name))
      .map((name) => `${where}: nothing in this target emits ${name}`);
  const claims = [...experiment.hypothesis, ...experiment.abortWhen.map((abort) => abort.unless)];
  return [
    ...claims.flatMap((claim) =>
      missing(
        `claim "${claim.title}"`,
        selectorsOf(claim).map((selector) => selector.metric),
      ),
    ),
    ...claims
      .filter(
        (claim) => comparesBytes(claim, registry) && layout.stream?.digestHeader === undefined,
      )
      .map(
        (claim) =>
          `claim "${claim.title}": this target says of no segment what its checksum should be, so no viewer compares any`,
      ),
    ...missing(
      "recovery",
      experiment.recovery === null ? [] : [experiment.recovery.goodput.metric],
    ),
  ];
}

/** A phase too short for the claim's samples can only be inconclusive; say so before it is run. */
function tooFewSamples(claim: Claim, experiment: Experiment, registry: Registry): string[] {
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
          `claim "${claim.title}": ${phase} yields about ${Math.floor(expected)} samples, the claim needs ${claim.samplesMin}`,
        ]
      : [];
  });
}

/** Iterations per second that could yield samples for the selector. */
function offeredPerSecond(experiment: Experiment, selector: Selector, phase: Phase): number {
  const lane = selector.where?.["lane"];
  return experiment.load
    .filter((load) => lane === undefined || load.lane === lane)
    .reduce((total, load) => total + load.ratePerSecond[phase], 0);
}

export function recoveryProblems(experiment: Experiment, registry: Registry): string[] {
  const { recovery, phasesMs, method, target } = experiment;
  if (recovery === null)
    return method.length === 0
      ? []
      : ["recovery: an experiment with faults must say what recovery means"];
  const { goodput, having } = recovery;
  const problems = [
    ...new Set([
      ...selectorProblems("recovery", goodput, registry),
      ...selectorProblems("recovery", { metric: goodput.metric, where: having }, registry),
    ]),
  ];
  const metric = Object.hasOwn(registry, goodput.metric) ? registry[goodput.metric] : undefined;
  if (metric?.kind === "duration" && (metric.ofHarness === true || metric.source === "prober"))
    problems.push(
      `recovery: goodput is what viewers, devices or packagers get; ${goodput.metric} is the harness's own`,
    );
  if (metric !== undefined && metric.kind !== "duration")
    problems.push(
      `recovery: goodput needs a metric with one sample for each request, ${goodput.metric} is none`,
    );
  const [before, after] = [
    offeredPerSecond(experiment, goodput, "baseline"),
    offeredPerSecond(experiment, goodput, "recovery"),
  ];
  if (metric?.source === "generator" && after < recovery.ofBaselineMin * before)
    problems.push(
      `recovery: ${after} requests per second are offered in it, ${recovery.ofBaselineMin * before} are needed to reach ${recovery.ofBaselineMin} of the baseline's`,
    );
  if (phasesMs.baseline < recovery.windowMs)
    problems.push(
      `recovery: the baseline of ${phasesMs.baseline} ms is shorter than one window of ${recovery.windowMs} ms`,
    );
  // Only whole windows tell.
  const needed =
    Math.ceil((recovery.withinMs + 2 * recovery.windowMs) / recovery.windowMs) * recovery.windowMs;
  if (phasesMs.recovery < needed)
    problems.push(
      `recovery: the phase lasts ${phasesMs.recovery} ms, ${needed} ms are needed to see that goodput is back and stays`,
    );
  if (method.length === 0)
    problems.push(
      `recovery: nothing is broken in ${target.name}, so there is nothing to recover from; leave it null`,
    );
  return problems;
}

/** Viewers come in bunches, one for each segment: a window that is no multiple sees now more of them and now fewer. */
export function rhythmProblems(experiment: Experiment, layout: Layout): string[] {
  const windowMs = experiment.recovery?.windowMs ?? 0;
  const { stream } = layout;
  if (stream === undefined) return [];
  const short = Object.entries(experiment.phasesMs).filter(([, ms]) => ms < 2 * stream.segmentMs);
  if (short.length > 0)
    return short.map(([phase, ms]) => `phase ${phase}: ${ms} ms are fewer than two segments`);
  return windowMs % stream.segmentMs === 0
    ? []
    : [
        `recovery: windows of ${windowMs} ms are no multiple of the segments' ${stream.segmentMs} ms`,
      ];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** Two witnesses must see what is served: the generator and a prober. */
export function proberProblems(
  { target }: Experiment,
  { probes = [] }: Layout,
  { substrate }: Pick<PlanOptions, "substrate">,
): string[] {
  if (isVirtual(substrate) || target.pack?.probes !== undefined || probes.length > 0) return [];
  return [
    `nobody but the load generator would see what ${target.name} serves: give it a pack with a prober, such as that of streams, or say in "probes" what the harness's own prober asks for`,
  ];
}

/** Real players need a stream that they can find and a browser; in virtual time, they are the model's own. */
export function playerProblems(
  { players = [], hypothesis, abortWhen, target }: Experiment,
  layout: Layout,
  { substrate, browser }: Pick<PlanOptions, "substrate" | "browser">,
): string[] {
  const claimed = [...hypothesis, ...abortWhen.map((abort) => abort.unless)].filter(
    (claim) => metricIn(target.pack?.metrics ?? {}, claim.metric)?.source === "player",
  );
  if (players.length === 0)
    return claimed.map(
      (claim) => `claim "${claim.title}": nobody watches; say in "players" when one joins`,
    );
  if (isVirtual(substrate))
    return target.model === undefined || target.model.players !== undefined
      ? []
      : [`players: the model of ${target.name} has none`];
  return [
    ...(layout.manifestPath === undefined
      ? [`players: ${target.name} does not say where its manifest is`]
      : []),
    ...(browser === null
      ? [
          "players: no Chromium was found on this machine. Install it (apt-get install chromium), or name one in CHROMIUM; `seawall doctor` shows what is found",
        ]
      : []),
  ];
}
