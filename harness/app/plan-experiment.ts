/** From a name and options to a plan: the experiment on this machine, substrate and audience. */
import { dirname } from "node:path";
import { SeawallError } from "../base/errors.ts";
import { nameSecrets } from "../base/redact.ts";
import type { Experiment, Load } from "../experiment/experiment.ts";
import type { Planned, PlanOptions } from "../plan/options.ts";
import { planExperiment, planTarget } from "../plan/plan.ts";
import { type RecordedVerdict, vouching } from "../plan/prerequisites.ts";
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import { obstacleTo } from "../provision/docker-compose.ts";
import { chromiumPath } from "../system/browser.ts";
import { checkedOut, type Commit } from "../system/git.ts";
import type { Context } from "./context.ts";
import { experimentNames, fileOf, isCatalogued, loadExperiment } from "./experiment-files.ts";
import { judgedAgain, recordedVerdicts } from "./verdict-history.ts";
import { contentOfRunning } from "./read-content.ts";
import { addressed, sentRows } from "./replay-on-target.ts";
import { scaledReplay } from "./replays.ts";
import { rerunCommand } from "./rerun.ts";
import { adapterOf } from "../substrates/registry.ts";
import { chooseSubstrate } from "./choose-substrate.ts";
import { targetVersion } from "./target-fingerprint.ts";
import type { RunRequest } from "./options.ts";
import { workloadNotes } from "./own-scripts.ts";
import {
  workloadExports,
  workloadMetrics,
  workloadNeeds,
  workloadPlays,
  workloadStrings,
  workloadVersion,
} from "./workload-files.ts";
import { isInstalled } from "./project.ts";

/** A verdict as if the experiment had run and held. */
export async function assumeHeld(
  context: Context,
  experiment: Experiment,
  options: RunRequest,
): Promise<RecordedVerdict> {
  const { target, tier } = experiment;
  const topology = options.topology ?? experiment.topology;
  const substrate = await chooseSubstrate(context, options.substrate, target);
  return {
    runId: "~",
    experiment: experiment.name,
    tier,
    target: target.name,
    topology,
    substrate: substrate.name,
    targetVersion: targetVersion(context, target, topology),
    without: options.without,
    scale: options.scale,
    status: "held",
  };
}

/** `recorded`: the runs so far, for prerequisites. */
export async function plan(
  context: Context,
  name: string,
  given: Experiment,
  seed: number,
  options: RunRequest,
  recorded: readonly RecordedVerdict[] | null = recordedVerdicts(options.out),
): Promise<Planned> {
  const described = await planOptions(context, name, given, seed, options);
  const planning = {
    ...described,
    content: isVirtual(described.substrate)
      ? null
      : await contentOfRunning(given.target, options.topology ?? given.topology, {
          allowHosts: options.allowHosts,
          signal: context.signal,
        }),
  };
  const { experiment, problems: replayProblems } = await addressed(
    await scaled(given, options.scale, planning.substrate),
    options.topology ?? given.topology,
  );
  const subject = {
    topology: options.topology ?? experiment.topology,
    substrate: planning.substrate,
    targetVersion: planning.targetVersion ?? "",
  };
  const trusted =
    recorded === null || isVirtual(planning.substrate)
      ? recorded
      : await judgedAgain(recorded, vouching(experiment, subject, recorded), (one) =>
          experimentNames(context).includes(one) ? loadExperiment(context, one) : null,
        );
  const planned = guarded(name, () =>
    planExperiment(experiment, {
      ...planning,
      replayProblems,
      recorded: trusted,
      force: options.force,
    }),
  );
  const { load, phasesMs } = planned.plan;
  return load.every(({ replay }) => replay === undefined)
    ? planned
    : { ...planned, replays: await sentRows(load, planned.layout, phasesMs) };
}

/** Plans the experiment's target alone; its method and claims do not constrain the topology. */
export async function planAlone(
  context: Context,
  name: string,
  experiment: Experiment,
  seed: number,
  options: RunRequest,
): Promise<Planned> {
  const planning = await planOptions(context, name, experiment, seed, options);
  return guarded(name, () =>
    planTarget(experiment.target, options.topology ?? experiment.topology, planning),
  );
}

async function planOptions(
  context: Context,
  name: string,
  experiment: Experiment,
  seed: number,
  options: RunRequest,
): Promise<PlanOptions> {
  const substrate = await chooseSubstrate(context, options.substrate, experiment.target);
  const topology = options.topology ?? experiment.topology;
  guarded(name, () => nameSecrets(secretsOf(experiment, topology), context.env));
  const { pack } = experiment.target;
  return {
    substrate: substrate.name,
    substrateWhy: substrate.why,
    supports: substrate.supports,
    seed,
    without: [...new Set(options.without)],
    topology: options.topology,
    allowHosts: options.allowHosts,
    workloadExports: (workload) => workloadExports(pack, workload),
    workloadNeeds: (workload) => workloadNeeds(pack, workload),
    missing: await missingOf(context, substrate.name, experiment.target, topology),
    obstacleTo: (up) => obstacleTo(up, context.env),
    workloadMetrics: (workload) => workloadMetrics(pack, workload),
    workloadStrings: (workload) => workloadStrings(pack, workload),
    workloadPlays: (workload) => workloadPlays(pack, workload),
    workloadVersion: (workload) => workloadVersion(pack, workload),
    variable: (name) => context.env[name],
    workloadNotes,
    browser: chromiumPath(context.env),
    runners: options.runners,
    scale: options.scale,
    label: options.label ?? null,
    git: await commitOf(context, name),
    rerun: rerunCommand(context, name, { ...options, seed, substrate: substrate.name }),
    targetVersion: guarded(name, () => targetVersion(context, experiment.target, topology)),
  };
}

/** The variables whose values must not be printed or recorded. */
function secretsOf({ load, target }: Experiment, topology: string): string[] {
  const { services } = target.topologies[topology]?.layout() ?? { services: [] };
  return [
    ...load.flatMap(({ secrets = [] }) => secrets),
    ...services
      .flatMap(({ access = {} }) => Object.values(access))
      .flatMap(({ secretHeaders = {} }) => Object.values(secretHeaders)),
  ];
}

const known = new Map<string, Promise<Commit | null>>();

/** Asked once for each folder: many runs of one command are runs of what it found at its start. */
function commitOf(context: Context, name: string): Promise<Commit | null> {
  // Of the package, the repository around it says nothing.
  if (isCatalogued(context, name) && isInstalled(context.root)) return Promise.resolve(null);
  const folder = dirname(fileOf(context, name));
  const found = known.get(folder) ?? checkedOut(folder);
  known.set(folder, found);
  return found;
}

/** Only of a valid description; the plan reports the problems of any other. */
async function missingOf(
  context: Context,
  substrate: SubstrateName,
  target: Experiment["target"],
  topology: string,
): Promise<readonly string[]> {
  const { missing } = await adapterOf(substrate);
  if (missing === undefined || (target.problems?.(Date.now()) ?? []).length > 0) return [];
  const chosen = Object.hasOwn(target.topologies, topology) ? target.topologies[topology] : null;
  return chosen ? missing(context, chosen.layout()) : [];
}

/**
 * Scales the audience. A real one needs proportionally more virtual users; a simulated one needs
 * none.
 */
async function scaled(
  experiment: Experiment,
  scale: number,
  substrate: SubstrateName,
): Promise<Experiment> {
  if (scale === 1) return experiment;
  const times = (load: Load): Load => ({
    ...load,
    ratePerSecond: {
      baseline: load.ratePerSecond.baseline * scale,
      fault: load.ratePerSecond.fault * scale,
      recovery: load.ratePerSecond.recovery * scale,
    },
    vus: isVirtual(substrate) ? load.vus : Math.max(1, Math.ceil(load.vus * scale)),
  });
  const load = await Promise.all(
    experiment.load.map((one) => scaledReplay(times(one), scale, experiment.phasesMs)),
  );
  return { ...experiment, load };
}

/** An experiment contains code of its author, and so does a target. */
function guarded<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SeawallError) throw error;
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `${name} or its target fails when it is planned: ` +
        `${error instanceof Error ? error.message : String(error)}`,
      { cause: error, hint: "Nothing was started. Fix the experiment's target." },
    );
  }
}
