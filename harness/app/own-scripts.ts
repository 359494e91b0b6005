/**
 * Puts the user's own k6 scripts into an experiment. Relative paths become absolute, scenarios
 * become loads, and thresholds become claims.
 */
import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { Experiment, Load, ScriptedExperiment } from "../experiment/experiment.ts";
import { type AuthoredLoad, takeScenarios, takesScenarios } from "../experiment/script-load.ts";
import { claimsOfThresholds, type K6Kind } from "../experiment/thresholds.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import { scriptOptions } from "../load/script-options.ts";
import { k6Metrics } from "../metrics/k6-metrics.ts";
import { metricIn } from "../metrics/metrics.ts";
import { ownOptions } from "../load/scenarios.ts";
import { workloadExports, workloadMentions, workloadMetrics } from "./workload-files.ts";

type Options = Readonly<Record<string, unknown>>;

/** By path, what the scripts of loaded experiments said. */
const known = new Map<string, { readonly options: Options; readonly isTaken: boolean }>();

/** What a script says and a run leaves out, one sentence each. */
export function workloadNotes(workload: string): string[] {
  const { options = {}, isTaken = false } = known.get(workload) ?? {};
  const name = basename(workload);
  const used = [...ownOptions, "scenarios", "thresholds"];
  const unused = Object.keys(options).filter((option) => !used.includes(option));
  return [
    ...(options["scenarios"] === undefined || isTaken
      ? []
      : [`${name}: options.scenarios has no effect, as the experiment has its own load`]),
    ...(unused.length === 0 ? [] : [`${name}: without effect in options: ${unused.join(", ")}`]),
    ...(isAbsolute(workload) && workloadMentions(undefined, workload, "handleSummary")
      ? [`${name}: handleSummary is not called`]
      : []),
  ];
}

/** `file`: the experiment's own. What is misshapen is left for the checks of its shape. */
export async function withOwnScripts(
  authored: ScriptedExperiment,
  file: string,
): Promise<Experiment> {
  const given: unknown = authored?.load;
  if (!Array.isArray(given)) return authored as Experiment;
  const load = (given as readonly AuthoredLoad[]).map((one) => placed(one, dirname(file)));
  const options = await optionsOf(load);
  const problems: string[] = [];
  const loads = load.flatMap((one, index): readonly Load[] => {
    if (!takesScenarios(one)) return [withoutSettings(one)];
    const own = options.get(one.workload);
    const taken = takeScenarios(one, own ?? {}, authored.phasesMs);
    const where = `load.${index} (${basename(one.workload)})`;
    if (!existsSync(one.workload)) problems.push(`${where}: there is no file ${one.workload}`);
    else problems.push(...taken.problems.map((problem) => `${where}: ${problem}`));
    return taken.loads;
  });
  const claims = thresholdsOf(load, options, problems);
  if (problems.length > 0) throw refused(file, problems);
  const { hypothesis } = authored;
  return {
    ...authored,
    load: loads,
    hypothesis: claims.length === 0 ? hypothesis : [...hypothesis, ...claims],
  };
}

function refused(file: string, problems: readonly string[]): SeawallError {
  return new SeawallError(
    "EXPERIMENT_MALFORMED",
    `${file} cannot take what its scripts say:\n${problems.map((one) => `  - ${one}`).join("\n")}`,
    {
      hint:
        "Write loads and claims into the experiment instead; `thresholds: false` of a load " +
        "leaves the thresholds of its script out.",
    },
  );
}

/** A path from the experiment's file on begins with `./` or `../`. */
function placed<Of extends AuthoredLoad>(load: Of, folder: string): Of {
  const workload: unknown = load?.workload;
  return typeof workload === "string" && /^\.\.?\//.test(workload)
    ? { ...load, workload: resolve(folder, workload) }
    : load;
}

function withoutSettings(load: AuthoredLoad): Load {
  if (typeof load !== "object" || load === null || !("thresholds" in load)) return load as Load;
  const { thresholds: _, ...own } = load;
  return own as Load;
}

/**
 * By path, of scripts of the user's own that have something to say. Where a script cannot be asked
 * and its text speaks of thresholds, it is refused: what it means must not get lost.
 */
async function optionsOf(load: readonly AuthoredLoad[]): Promise<ReadonlyMap<string, Options>> {
  const asked = new Map<string, Options>();
  for (const one of load) {
    const { workload, env = {} } = one ?? {};
    if (typeof workload !== "string" || !isAbsolute(workload) || asked.has(workload)) continue;
    if (workloadExports(undefined, workload) === null) continue;
    const needed = takesScenarios(one) || workloadMentions(undefined, workload, "thresholds");
    const options = await scriptOptions(workload, env).catch((error: unknown) => {
      if (needed) throw error;
      return {};
    });
    asked.set(workload, options);
    known.set(workload, { options, isTaken: takesScenarios(one) });
  }
  return asked;
}

/** One script is asked once, whatever its number of loads. */
function thresholdsOf(
  load: readonly AuthoredLoad[],
  options: ReadonlyMap<string, Options>,
  problems: string[],
): Claim[] {
  const left = new Set(
    load.filter((one) => one?.thresholds === false).map(({ workload }) => workload),
  );
  return [...options].flatMap(([path, { thresholds }]) => {
    if (left.has(path)) return [];
    const registry = { ...k6Metrics, ...workloadMetrics(undefined, path) };
    const found = claimsOfThresholds(thresholds, basename(path), (name) => {
      const { kind, most } = metricIn(registry, name) ?? {};
      return kind === undefined ? null : k6KindOf(kind, most);
    });
    problems.push(...found.problems.map((problem) => `${basename(path)}: ${problem}`));
    return found.claims;
  });
}

function k6KindOf(kind: string, most: number | undefined): K6Kind {
  if (kind === "increment") return "counter";
  if (kind === "gauge") return "gauge";
  return kind === "event" && most === 1 ? "rate" : "trend";
}
