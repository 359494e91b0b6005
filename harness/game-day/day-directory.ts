/** The files of a day, next to those of runs: `reports/game-days/ID/`. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { Day, DayEvent } from "./day/day.ts";
import { stateOf } from "./day/day-state.ts";
import { type DayResult, judgeDay } from "./day/judge-day.ts";
import type { Verdict } from "../record/verdict.ts";
import { renewedStep } from "../run/older-records.ts";
import { storedVerdict } from "../run/stored-verdict.ts";
import { readDayEvents } from "./day-log.ts";

export const dayFiles = {
  day: "day.json",
  events: "events.ndjson",
  result: "result.json",
  report: "report.html",
} as const;

export interface RecordedDay {
  readonly day: Day;
  readonly events: readonly DayEvent[];
  readonly result: DayResult;
}

export function isDay(directory: string): boolean {
  return existsSync(join(directory, dayFiles.day));
}

/** A day on disk, complete or cut short, and its result. */
export function readDay(directory: string): RecordedDay {
  const day = readPlanOfDay(directory);
  const events = readDayEvents(join(directory, dayFiles.events));
  const { runs } = stateOf(day.steps.length, events);
  return {
    day,
    events,
    result: judgeDay(
      day,
      events,
      runs.map((run) => (run === null ? null : verdictIn(resolve(directory, run)))),
    ),
  };
}

export function readPlanOfDay(directory: string): Day {
  const path = join(directory, dayFiles.day);
  try {
    const day = JSON.parse(readFileSync(path, "utf8")) as Partial<Day> | null;
    if (day?.format !== "seawall-day/1" || !Array.isArray(day.steps) || !Array.isArray(day.roles))
      throw new Error('it is not a "seawall-day/1"');
    return { ...day, steps: day.steps.map(renewedStep) } as Day;
  } catch (error) {
    throw new SeawallError(
      "RUN_DIRECTORY_BROKEN",
      `${path} cannot be read: ${(error as Error).message}`,
      { cause: error, hint: "Game days are stored in reports/game-days/ID." },
    );
  }
}

/** Null if the run has no verdict yet, is gone, or differs from what the verdict was given on. */
function verdictIn(run: string): Verdict | null {
  const stored = storedVerdict(run);
  return stored.kind === "fits" ? stored.verdict : null;
}
