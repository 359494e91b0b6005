/**
 * Loads a game day's file and plans all its steps before any decision is asked for; all problems of
 * all steps are reported at once.
 */
import type { RunRequest } from "../options.ts";
import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SeawallError } from "../../base/errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { GameDay, GameDayStep } from "../../game-day/day/game-day.ts";
import { gameDayProblems } from "../../game-day/day/game-day-schema.ts";
import type { Planned } from "../../plan/options.ts";
import type { RecordedVerdict } from "../../plan/prerequisites.ts";
import type { Context } from "../context.ts";
import { loadExperiment } from "../experiment-files.ts";
import { recordedVerdicts } from "../verdict-history.ts";
import { plan, assumeHeld } from "../plan-experiment.ts";

/** One step with what is needed to plan it again when its turn comes. */
export interface Ready {
  readonly step: GameDayStep;
  readonly source: string;
  readonly experiment: Experiment;
  readonly options: RunRequest;
  readonly planned: Planned;
}

export async function loadGameDay(
  context: Context,
  file: string,
): Promise<{ readonly day: GameDay; readonly path: string }> {
  const path = resolve(context.cwd, file);
  if (!existsSync(path))
    throw new SeawallError("UNKNOWN_NAME", `there is no game day file ${path}`, {
      hint: "Copy examples/game-day/rehearsal.ts to begin one.",
    });
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new SeawallError(
      "GAME_DAY_MALFORMED",
      `${path} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
        hint:
          "It must be a TypeScript file that exports one day: export default defineGameDay({ " +
          "… }).",
      },
    );
  }
  refuse(
    path,
    module.default === undefined ? ["it has no default export"] : gameDayProblems(module.default),
  );
  return { day: module.default as GameDay, path };
}

function refuse(path: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new SeawallError(
    "GAME_DAY_MALFORMED",
    `${path} is not a valid game day:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    {
      hint:
        "Nothing was started. Compare it with examples/game-day/rehearsal.ts; `seawall list` " +
        "shows experiments and defences.",
    },
  );
}

/** Earlier steps of the day count as held for now, and are checked again after they have run. */
export async function readySteps(
  context: Context,
  { day, path }: { readonly day: GameDay; readonly path: string },
  seed: number,
  options: RunRequest,
): Promise<Ready[]> {
  const problems: string[] = [];
  const ready: Ready[] = [];
  const recorded: RecordedVerdict[] = [...recordedVerdicts(options.out)];
  for (const [index, step] of day.steps.entries()) {
    try {
      const source = step.experiment.startsWith(".")
        ? resolve(dirname(path), step.experiment)
        : step.experiment;
      const experiment = await loadExperiment(context, source);
      const own: RunRequest = {
        ...options,
        topology: step.topology ?? options.topology,
        without: [...new Set([...options.without, ...(step.without ?? [])])],
      };
      const named = step.experiment.startsWith(".") ? `./${relative(context.cwd, source)}` : source;
      const planned = await plan(context, named, experiment, seed, own, recorded);
      if (step.expect === "refuted" && own.without.length === 0)
        problems.push(
          `steps.${index} (${step.experiment}): only a control can be expected to be ` +
            `refuted: name the disabled defences in \`without\``,
        );
      recorded.push(await assumeHeld(context, experiment, own));
      ready.push({ step, source: named, experiment, options: own, planned });
    } catch (error) {
      if (!(error instanceof SeawallError)) throw error;
      problems.push(
        ...error.message
          .split("\n")
          .map((line, at) => (at === 0 ? `steps.${index}: ${line}` : `  ${line}`)),
      );
    }
  }
  refuse(path, problems);
  return ready;
}
