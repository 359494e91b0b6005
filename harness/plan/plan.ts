/** The planner: makes every decision in advance, and reports all problems at once. */
import { general, lineOf, ofClaim, type PlanProblem } from "./problems/problem.ts";
import { SeawallError } from "../base/errors.ts";
import { selectorsOf } from "../claims/statistics/registry.ts";
import { struckIn, unknownFault } from "../faults/faults.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { Plays } from "../experiment/plays.ts";
import { shapeProblems } from "../experiment/experiment-schema.ts";
import { isOfBytes, metricIn, type Registry } from "../metrics/metrics.ts";
import { unknownName } from "../base/nearest.ts";
import { runnerProblems } from "./problems/runners.ts";
import { hostProblems, wayInProblems } from "./problems/hosts.ts";
import { exposedProblems } from "./problems/exposed.ts";
import { methodProblems } from "./problems/method.ts";
import { prerequisiteProblems } from "./prerequisites.ts";
import {
  claimProblems,
  classProblems,
  emitProblems,
  loadProblems,
  needProblems,
  playerProblems,
  proberProblems,
  recoveryProblems,
  rhythmProblems,
} from "./problems/problems.ts";
import { withAsked } from "./asked-charts.ts";
import { defencesOf, relianceProblems } from "./reliance.ts";
import { queryProblems } from "./problems/queries.ts";
import { environmentProblems } from "./problems/environment.ts";
import { decidedByLoad } from "./problems/decided-by-load.ts";
import { vacuousProblems } from "./problems/vacuous.ts";
import { registryOf } from "../record/metric-registry.ts";
import type { World } from "./refutable/population.ts";
import { refutableProblems } from "./refutable/refutable.ts";
import { modelProblems } from "./problems/model.ts";
import { leadInMs } from "../base/phases.ts";
import type { PlanOptions, Planned, TargetOptions } from "./options.ts";
import type { Plan } from "../record/plan.ts";
import { blindSpots, unlimitedWait } from "./blind-spots.ts";
import { isVirtual } from "../record/substrates.ts";
import { layoutAsRead } from "../target/content.ts";
import type { Layout } from "../target/layout.ts";
import { layoutProblems } from "../target/layout-problems.ts";
import type { Target, Topology } from "../target/target.ts";
import { misspeltValues, unlistedValues, valuesIn } from "./tag-values.ts";
import { introduce } from "../target/packs.ts";
import { telemetryOf } from "./sources.ts";
import { isAskedAlike } from "../judge/asked-alike.ts";
import type { Pack } from "../target/pack.ts";
import type { Wishes } from "../target/wishes.ts";
import { useOf } from "./use.ts";

/** Throws PLAN_REFUSED with one line per problem. */
export function planExperiment(whole: Experiment, options: PlanOptions): Planned {
  introduce((whole as Partial<Experiment> | null)?.target?.pack);
  const misshapen = shapeProblems(whole);
  if (misshapen.length > 0) refuse(whole, misshapen);
  const misdescribed = whole.target.problems?.(options.nowMs ?? Date.now()) ?? [];
  if (misdescribed.length > 0) refuse(whole, misdescribed);
  const topology = options.topology ?? whole.topology;
  const chosen = Object.hasOwn(whole.target.topologies, topology)
    ? whole.target.topologies[topology]
    : undefined;
  const described = chosen?.layout();
  const layout =
    described === undefined ? undefined : layoutAsRead(described, options.content ?? undefined);
  const contradictions = layout === undefined ? [] : layoutProblems(layout);
  if (contradictions.length > 0) refuse(whole, contradictions);
  const ofScripts = ofWorkloads(whole, options);
  const registry = registryOf(layout ?? { services: [] }, whole.target.pack, ofScripts);
  const values = valuesIn(layout ?? null, registry, whole.target.pack);
  const strings = stringsOf(whole, options);
  const { experiment, leftOut } = isVirtual(options.substrate)
    ? withoutBytes(whole, registry)
    : { experiment: whole, leftOut: [] };
  const defences = experiment.target.defences.map((defence) => defence.name);
  const placeholderKind = whole.method.flatMap(({ fault }, index) =>
    unknownFault(fault, whole.target.pack).map((problem) => `method.${index}.fault: ${problem}`),
  );
  if (placeholderKind.length > 0) refuse(whole, placeholderKind);
  const problems: PlanProblem[] = [
    ...(chosen === undefined
      ? [general(unknownName("topology", topology, Object.keys(experiment.target.topologies)))]
      : []),
    ...options.without
      .filter((name) => !defences.includes(name))
      .map((name) => general(unknownName("defence", name, defences))),
    ...relianceProblems(experiment).map(general),
    ...(options.replayProblems ?? []).map(general),
    ...loadProblems(experiment, options),
    ...environmentProblems(experiment, layout ?? { services: [] }, options),
    ...classProblems(experiment),
    ...claimProblems(experiment, registry),
    ...decidedByLoad(experiment, registry),
    ...recoveryProblems(experiment, registry),
    ...vacuousProblems(experiment, options.substrate, values),
  ];
  problems.push(
    ...misspeltValues(experiment.hypothesis, values, strings).map(({ claim, why }) =>
      ofClaim(claim, why),
    ),
  );
  if (chosen === undefined || layout === undefined) return refuse(experiment, problems.map(lineOf));
  problems.push(...lackProblems(chosen, topology, experiment, options).map(general));
  problems.push(
    ...needProblems(experiment, layout, options),
    ...rhythmProblems(experiment, layout),
    ...queryProblems(experiment, layout),
    ...[
      ...methodProblems(experiment, layout, options),
      ...hostProblems(layout, options.allowHosts ?? []),
      ...runnerProblems(experiment, options),
      ...experiment.load.flatMap((load) =>
        (whole.target.pack?.loadProblems?.(load, layout) ?? []).map(
          (problem) => `load ${load.name}: ${problem}`,
        ),
      ),
      ...wayInProblems(layout),
      ...outsideProblems(layout, options),
      ...exposedProblems(layout, registryOf({ services: [] }, whole.target.pack, ofScripts)),
    ].map(general),
  );
  const { model } = experiment.target;
  problems.push(
    ...(isVirtual(options.substrate)
      ? modelProblems(model, experiment, layout)
      : emitProblems(experiment, layout, registry)),
  );
  problems.push(
    ...playerProblems(experiment, layout, options),
    ...proberProblems(experiment, layout, options),
  );
  problems.push(...unrefutable(experiment, layout, { registry, values }, options, problems));
  // Virtual time breaks nothing real, so it has no prerequisites.
  const unmet =
    (options.recorded ?? null) === null || isVirtual(options.substrate)
      ? []
      : prerequisiteProblems(
          experiment,
          { topology, substrate: options.substrate, targetVersion: options.targetVersion ?? "" },
          options.recorded ?? [],
        );
  const force = options.force === true;
  if (!force) problems.push(...unmet.map(general));
  if (problems.length > 0)
    refuse(experiment, problems.map(lineOf), !force && unmet.length === problems.length);
  const watched =
    isVirtual(options.substrate) && (experiment.players ?? []).length > 0
      ? [`no real player or browser: players are simulated, ${model?.players}`]
      : [];
  return {
    layout,
    model,
    pack: whole.target.pack,
    ...unreadIn(whole.target, layout, options),
    plan: planOf(experiment, topology, layout, options, registry, [
      ...watched,
      ...unmet.map((problem) => `run with --force, although ${problem}`),
      ...leftOut,
      ...coarseRecovery(experiment),
      ...unlimitedWait(experiment, whole.target.pack?.harm),
      ...notesOf(experiment, options),
      ...(options.content?.notes ?? []),
      ...unlistedValues(
        [...experiment.hypothesis, ...experiment.abortWhen.map(({ unless }) => unless)],
        values,
        strings,
      ),
      ...blindSpots(layout, options.substrate, whole.target.pack),
    ]),
  };
}

/**
 * String literals of the scripts of all loads. Two scripts may use different values for the same
 * metric.
 */
function stringsOf({ load }: Experiment, { workloadStrings }: PlanOptions): string[] {
  return load.flatMap(({ workload }) => workloadStrings?.(workload) ?? []);
}

function ofWorkloads({ load }: Experiment, { workloadMetrics }: PlanOptions): Registry {
  const all = [...new Set(load.map(({ workload }) => workload))].map(
    (workload) => workloadMetrics?.(workload) ?? {},
  );
  return Object.fromEntries(
    all.flatMap((own) =>
      Object.entries(own).map(([name, { always, ...metric }]) => {
        const isSame = all.every((other) => (metricIn(other, name)?.always ?? always) === always);
        const isAll = all.every(
          (other) => !Object.hasOwn(other, name) || other[name]?.always !== undefined,
        );
        return [name, always !== undefined && isSame && isAll ? { ...metric, always } : metric];
      }),
    ),
  );
}

/**
 * Recovery is measured in whole windows, so a limit of one window is met or missed by a whole one.
 */
function coarseRecovery({ recovery }: Experiment): string[] {
  if (recovery === null || recovery.withinMs >= 2 * recovery.windowMs) return [];
  return [
    `the recovery is judged in windows of ${recovery.windowMs} ms, so its limit of ` +
      `${recovery.withinMs} ms is a single window; shorter windows are more precise`,
  ];
}

/** Skips claims that already have a problem; if the load has one, no record can be made up. */
function unrefutable(
  experiment: Experiment,
  layout: Layout,
  { registry, values }: Pick<World, "registry" | "values">,
  { substrate, workloadPlays }: PlanOptions,
  problems: readonly PlanProblem[],
): PlanProblem[] {
  if (problems.some(({ spoils }) => spoils === "world")) return [];
  // The search asks for each load and metric of each made-up record.
  const read = new Map<string, Plays | null>();
  const playsOf = (workload: string): Plays | null => {
    if (!read.has(workload)) read.set(workload, workloadPlays?.(workload) ?? null);
    return read.get(workload) ?? null;
  };
  const world: World = {
    experiment,
    layout,
    registry,
    values,
    simulated: isVirtual(substrate),
    leadInMs,
    plays: ({ workload, exec }) => playsOf(workload)?.[exec] ?? null,
  };
  return refutableProblems(world, problems);
}

/** A model stores no bytes, so claims on them are omitted, and the plan says so. */
function withoutBytes(
  experiment: Experiment,
  registry: Registry,
): { readonly experiment: Experiment; readonly leftOut: readonly string[] } {
  const left = experiment.hypothesis
    .filter((claim) => isOfBytes(claim, registry))
    .map((claim) => `not judged, as a model keeps no bytes: "${claim.title}"`);
  return {
    experiment: {
      ...experiment,
      hypothesis: experiment.hypothesis.filter((claim) => !isOfBytes(claim, registry)),
    },
    leftOut: left,
  };
}

/** Plans a target alone in one topology, without load and faults. */
export function planTarget(target: Target, topology: string, options: TargetOptions): Planned {
  introduce(target.pack);
  const idle: Experiment = {
    name: target.name,
    title: target.name,
    story: "",
    tier: "storm",
    target,
    topology,
    phasesMs: { baseline: 0, fault: 0, recovery: 0 },
    load: [],
    hypothesis: [],
    recovery: null,
    method: [],
    blastRadius: { services: [], faultsAtOnceMax: 1 },
    abortWhen: [],
    reliesOn: [],
  };
  const chosen = Object.hasOwn(target.topologies, topology)
    ? target.topologies[topology]
    : undefined;
  const defences = target.defences.map(({ name }) => name);
  const problems = options.without
    .filter((name) => !defences.includes(name))
    .map((name) => unknownName("defence", name, defences));
  const misdescribed = target.problems?.(options.nowMs ?? Date.now()) ?? [];
  if (misdescribed.length > 0) refuse(idle, misdescribed);
  if (chosen === undefined)
    return refuse(idle, [
      unknownName("topology", topology, Object.keys(target.topologies)),
      ...problems,
    ]);
  const layout = chosen.layout();
  const contradictions = layoutProblems(layout);
  if (contradictions.length > 0) refuse(idle, contradictions);
  problems.push(
    ...lackProblems(chosen, topology, idle, options),
    ...hostProblems(layout, options.allowHosts ?? []),
    ...outsideProblems(layout, options),
  );
  if (problems.length > 0) refuse(idle, problems);
  return {
    layout,
    model: target.model,
    pack: target.pack,
    plan: planOf(idle, topology, layout, options, registryOf(layout, target.pack)),
  };
}

function outsideProblems(
  { outside }: Layout,
  { obstacleTo, missing = [] }: TargetOptions,
): string[] {
  const obstacle = outside === undefined ? null : (obstacleTo?.(outside.up) ?? null);
  return [...(obstacle === null ? [] : [`outside: ${obstacle}`]), ...missing];
}

function unreadIn(
  { pack }: Target,
  layout: Layout,
  { content, allowHosts = [] }: PlanOptions,
): Pick<Planned, "unread" | "allowHosts"> {
  const reader = pack?.reader;
  return {
    allowHosts,
    ...(content == null && reader?.isDue(layout) === true ? { unread: reader } : {}),
  };
}

/** A control for a missing defence would prove nothing, and a missing defence protects nothing. */
function lackProblems(
  chosen: Topology,
  topology: string,
  experiment: Experiment,
  options: TargetOptions,
): string[] {
  const lacked = (name: string): boolean => chosen.lacks?.includes(name) ?? false;
  return [
    ...options.without
      .filter(lacked)
      .map((name) => `topology "${topology}" has no ${name} to disable`),
    ...defencesOf(experiment)
      .filter(lacked)
      .map((name) => `reliesOn: topology "${topology}" has no ${name}`),
  ];
}

function refuse(experiment: Experiment, problems: readonly string[], forceable = false): never {
  const named = typeof experiment?.name === "string" ? `"${experiment.name}"` : "this experiment";
  throw new SeawallError(
    "PLAN_REFUSED",
    `${named} cannot be run:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    {
      problems,
      hint: forceable
        ? "Nothing was started. Run the prerequisites first, or add --force, which the report " +
          "notes."
        : "Nothing was started. Fix the experiment or the flags and try again; `seawall list` " +
          "shows all names.",
    },
  );
}

function planOf(
  experiment: Experiment,
  topology: string,
  layout: Layout,
  options: TargetOptions & Pick<PlanOptions, "workloadVersion">,
  registry: Registry,
  notes: readonly string[] = [],
): Plan {
  const { pack } = experiment.target;
  const bodies = pack?.bodies?.(layout);
  return {
    format: "seawall-plan/2",
    experiment: experiment.name,
    title: experiment.title,
    story: experiment.story,
    tier: experiment.tier,
    target: experiment.target.name,
    ...(pack === undefined ? {} : { pack: pack.name }),
    topology,
    ...(options.targetVersion === undefined ? {} : { targetVersion: options.targetVersion }),
    ...(experiment.target.version === undefined ? {} : { versionGiven: experiment.target.version }),
    ...(options.label == null ? {} : { label: options.label }),
    ...(options.git == null ? {} : { git: options.git }),
    substrate: options.substrate,
    substrateWhy: options.substrateWhy,
    seed: options.seed,
    ...(options.scale === undefined || options.scale === 1 ? {} : { scale: options.scale }),
    ...(options.runners == null ? {} : { runners: options.runners }),
    without: options.without,
    reliesOn: defencesOf(experiment),
    services: layout.services.map(({ name, kind, region, zone }) => ({ name, kind, region, zone })),
    links: layout.links,
    entries: layout.entries.map(({ service }) => service),
    ...(layout.otherEntries === undefined
      ? {}
      : {
          otherEntries: Object.fromEntries(
            Object.entries(layout.otherEntries).map(([name, ways]) => [
              name,
              ways.map(({ service }) => service),
            ]),
          ),
        }),
    ...(layout.rhythm === undefined ? {} : { rhythm: layout.rhythm }),
    ...(layout.content === undefined ? {} : { content: layout.content }),
    ...(bodies === undefined ? {} : { bodies }),
    ...(pack?.facts === undefined ? {} : { facts: pack.facts(layout) }),
    leadInMs,
    phasesMs: experiment.phasesMs,
    load: experiment.load,
    ...scriptsOf(experiment, options),
    ...(experiment.requestsPerSecondMax === undefined
      ? {}
      : { requestsPerSecondMax: experiment.requestsPerSecondMax }),
    ...(experiment.players === undefined ? {} : { players: experiment.players }),
    hypothesis: experiment.hypothesis,
    recovery: experiment.recovery,
    steps: experiment.method,
    struck: experiment.method.map(({ fault }) => {
      const struck = struckIn(fault, layout);
      const services = layout.services.filter(({ name }) => struck.services.includes(name));
      return {
        ...struck,
        use: services.map((service) => useOf(service, layout, options.substrate)),
      };
    }),
    abortWhen: experiment.abortWhen,
    ...(pack?.harm === undefined ? {} : { harm: pack.harm }),
    ...(pack?.askedAlike === undefined ? {} : { askedAlike: pack.askedAlike }),
    ...(pack?.drawEntries === undefined ? {} : { drawEntries: pack.drawEntries }),
    ...(pack?.wishes === undefined ? {} : { wishes: wishesIn(experiment, pack, layout) }),
    ...(pack === undefined ? {} : { trafficClasses: pack.trafficClasses }),
    metrics: compared(registry, experiment),
    charts: withAsked(
      pack?.charts ?? { ofRun: [], ofComparison: [] },
      experiment.hypothesis,
      registry,
      pack?.harm,
    ),
    telemetry: telemetryOf(
      layout,
      options.substrate,
      experiment.target.model?.metrics ?? [],
      experiment.target.pack,
    ),
    ...(notes.length === 0 ? {} : { notes }),
    rerun: options.rerun,
  };
}

/** What scripts of the user's own say without effect. */
function notesOf({ load }: Experiment, { workloadNotes }: PlanOptions): string[] {
  return [...new Set(load.map(({ workload }) => workload))].flatMap(
    (workload) => workloadNotes?.(workload) ?? [],
  );
}

/** A series of a service's own is compared where a claim is on it. */
function compared(registry: Registry, { hypothesis }: Experiment): Registry {
  const asked = new Set(hypothesis.flatMap(selectorsOf).map(({ metric }) => metric));
  return Object.fromEntries(
    Object.entries(registry).map(([name, metric]) => {
      if (metric.source !== "service" || !asked.has(name)) return [name, metric];
      const { uncompared: _, ...own } = metric;
      return [name, own];
    }),
  );
}

/** What was run is known by more than its path. */
function scriptsOf(
  { load }: Experiment,
  { workloadVersion }: Pick<PlanOptions, "workloadVersion">,
): Pick<Plan, "scripts"> {
  const scripts = load.flatMap(({ workload }) => {
    const version = workloadVersion?.(workload) ?? null;
    return version === null ? [] : [[workload, version] as const];
  });
  return scripts.length === 0 ? {} : { scripts: Object.fromEntries(scripts) };
}

/** Limited to the classes whose users send the prober's requests. */
function wishesIn({ load }: Experiment, pack: Pack, layout: Layout): Record<string, Wishes> {
  const { askedAlike = {} } = pack;
  return Object.fromEntries(
    Object.keys(askedAlike)
      .filter((lane) => isAskedAlike({ load, askedAlike }, lane))
      .flatMap((lane) => {
        const own = load.filter((one) => one.lane === lane).map(({ workload }) => workload);
        const wishes = own.length === 0 ? null : (pack.wishes?.(lane, own, layout) ?? null);
        return wishes === null ? [] : [[lane, wishes]];
      }),
  );
}
