/** `seawall gameday`: a day of experiments, with people deciding on a page before each. */
import { Option } from "commander";
import {
  allowContext,
  allowHost,
  out,
  type PlanFlags,
  requestOf,
  seed,
  substrateFlag,
  wholeOf,
} from "../flags.ts";
import type { Define } from "../command.ts";
import type { RunRequest } from "../../app/options.ts";
import { randomInt } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { exitCodes, SeawallError } from "../../base/errors.ts";
import type { Day } from "../../game-day/day/day.ts";
import { describeDay } from "../../app/game-day/describe.ts";
import { conductDay } from "../../game-day/conduct-day.ts";
import { dayFiles, readDay, readPlanOfDay } from "../../game-day/day-directory.ts";
import { DayLog } from "../../game-day/day-log.ts";
import { renderDayReport } from "../../game-day/day-report.ts";
import { Desk } from "../../game-day/desk.ts";
import { lastWordsMs, serveDay } from "../../game-day/server.ts";
import { makeRunDirectory, newRunId, refuseUnwritable } from "../../run/run-directory.ts";
import { realClock } from "../../system/clock.ts";
import { writeWhole } from "../../system/files.ts";
import { padded, width } from "../../system/terminal.ts";
import type { Context } from "../../app/context.ts";
import { explain } from "../../app/error-output.ts";
import { refuseDirtyMachine } from "../../app/run-experiment.ts";
import { loadGameDay, type Ready, readySteps } from "../../app/game-day/load.ts";
import { dayPlanText, dayResultText } from "../../app/game-day/text.ts";
import { runStep } from "../../app/game-day/run-step.ts";
import { isVirtual } from "../../record/substrates.ts";

export const defineGameday: Define = (program, context, end) =>
  substrateFlag(
    program
      .command("gameday")
      .description("run a game day: a series of experiments with go/no-go points on a local page")
      .argument("<file>", "a game day file, such as examples/game-day/rehearsal.ts")
      .option("--plan", "print the questions and steps, then exit")
      .option("--yes", "for CI: answer every point with go and serve no page (noted in the report)")
      .addOption(
        new Option("--port <n>", "port of the page; by default any free port").argParser(
          wholeOf(0, 65_535),
        ),
      )
      .option("--resume <dir>", "resume a game day that was stopped or cut short"),
    "substrate on which the targets run",
  )
    .option(...allowHost)
    .option(...allowContext)
    .option("--force", "run even if prerequisites have not held (noted in the reports)")
    .addOption(seed())
    .option("--json", "print only the result of the day, as one line of JSON")
    .addOption(out("folder for the game day and its runs"))
    .action(async (file: string, flags: PlanFlags & DayFlags) =>
      end(
        await gameDay(context, file, {
          run: requestOf(context, { ...flags, without: [] }),
          yes: flags.yes === true,
          planOnly: flags.plan === true,
          port: flags.port ?? 0,
          resume: flags.resume ?? null,
        }),
      ),
    );

interface DayFlags {
  readonly yes?: boolean;
  readonly plan?: boolean;
  readonly port?: number;
  readonly resume?: string;
}

export interface GameDayOptions {
  readonly run: RunRequest;
  /** No person is asked and no page is served; the report says so. */
  readonly yes: boolean;
  /** Shows the planned questions and actions, and ends. */
  readonly planOnly: boolean;
  readonly port: number;
  /** The folder of a stopped or interrupted day, to resume it. */
  readonly resume: string | null;
}

export async function gameDay(
  context: Context,
  file: string,
  options: GameDayOptions,
): Promise<number> {
  const loaded = await loadGameDay(context, file);
  const past = options.resume === null ? null : resolve(context.cwd, options.resume);
  const seed =
    past === null ? (options.run.seed ?? randomInt(0, 2 ** 32)) : readPlanOfDay(past).seed;
  const ready = await readySteps(context, loaded, seed, options.run);
  const named = relative(context.cwd, loaded.path) || loaded.path;
  const describe = (id: string): Day =>
    describeDay(context, loaded.day, named, id, ready, options.yes ? "yes" : "people", seed);
  if (options.planOnly) {
    const day = describe("");
    if (options.run.json) context.stdout.json(day);
    else context.stdout.write(`${dayPlanText(day).join("\n")}\n`);
    return exitCodes.held;
  }
  refuseUnwritable(options.run.out);
  if (ready.some((one) => !isVirtual(one.planned.plan.substrate))) refuseDirtyMachine(context);
  const { directory, day } =
    past === null ? opened(options.run.out, describe, seed) : resumed(past, describe);
  await hold(context, day, directory, ready, options);
  return reportDay(context, directory, options.run.json);
}

function opened(
  out: string,
  describe: (id: string) => Day,
  seed: number,
): { directory: string; day: Day } {
  const { directory, id } = makeRunDirectory(out, "game-days", newRunId(Date.now(), seed), false);
  const day = describe(id);
  writeWhole(join(directory, dayFiles.day), `${JSON.stringify(day, null, 2)}\n`);
  return { directory, day };
}

/** Requires the same steps in the same order; otherwise the earlier decisions would not apply. */
function resumed(
  directory: string,
  describe: (id: string) => Day,
): { directory: string; day: Day } {
  const before = readPlanOfDay(directory);
  const now = describe(before.id);
  const named = (day: Day): string =>
    day.steps.map((step) => [step.experiment, ...step.without].join(" without ")).join(", ");
  if (named(before) !== named(now)) {
    throw new SeawallError(
      "GAME_DAY_MALFORMED",
      `${directory} belongs to the day ${named(before)}; the file now describes ${named(now)}`,
      { hint: "Omit --resume to begin a new day." },
    );
  }
  const answers = before.answers === "yes" ? "yes" : now.answers;
  writeWhole(join(directory, dayFiles.day), `${JSON.stringify({ ...now, answers }, null, 2)}\n`);
  return { directory, day: now };
}

async function hold(
  context: Context,
  day: Day,
  directory: string,
  ready: readonly Ready[],
  options: GameDayOptions,
): Promise<void> {
  const clock = realClock();
  using log = new DayLog(join(directory, dayFiles.events), () => clock.nowMs());
  const desk = new Desk(day, log, clock);
  await using page = options.yes
    ? null
    : await serveDay({ day, desk, log, directory, nowMs: () => clock.nowMs(), port: options.port });
  if (page !== null) {
    const wide = Math.max(...day.roles.map((role) => width(role.name)));
    const links = day.roles.map(
      (role) => `  ${padded(role.name, wide)}  ${page.linkOf(role.name)}\n`,
    );
    context.stderr.write(
      `${day.title}: ${day.steps.length} steps; the page is served on this machine only, ` +
        `and each link grants its role\n${links.join("")}`,
    );
  }
  const run = (
    step: number,
    holding: ((signal: AbortSignal) => Promise<void>) | null,
    stopped: AbortSignal,
  ) =>
    runStep(
      {
        context,
        ready: ready[step] as Ready,
        step,
        seed: day.seed,
        log,
        directory,
        live: page !== null,
        hold: holding,
      },
      stopped,
    );
  await conductDay(
    day,
    { log, desk, run, explain: (error) => explained(context, error) },
    context.signal,
  );
  if (page !== null) await clock.sleep(lastWordsMs);
}

function explained(context: Context, error: unknown): { why: string; exitCode: number } {
  return {
    why: error instanceof Error ? error.message : String(error),
    exitCode: explain(error, context.stderr),
  };
}

/** From the files on disk, as a later reader sees it. */
export function reportDay(context: Context, directory: string, json: boolean): number {
  const recorded = readDay(directory);
  const report = join(directory, dayFiles.report);
  writeWhole(join(directory, dayFiles.result), `${JSON.stringify(recorded.result, null, 2)}\n`);
  writeWhole(report, renderDayReport(recorded));
  const people = json ? context.stderr : context.stdout;
  people.write(
    `\n${dayResultText(recorded, Math.min(100, people.columns)).join("\n")}\n\nday      ` +
      `${relative(context.cwd, directory) || "."}\nreport   ${pathToFileURL(report).href}\n`,
  );
  if (json) context.stdout.json(recorded.result);
  return recorded.result.exitCode;
}
