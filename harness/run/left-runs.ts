/** The ledgers in the state folder: of current runs, of dead ones, and unreadable ones. */
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { UndoEntry } from "../record/undo.ts";
import { machineEpoch, mayBeSameProcess } from "../system/processes.ts";
import { type Owner, parseLedger } from "./ledger.ts";

/** The prefix of a test run's ledger; see `test/support/test-run.ts`. */
export const testsPrefix = "tests-";

export interface LeftRun {
  readonly runId: string;
  readonly ledger: string;
  readonly directory: string;
  readonly ownerPid: number;
  readonly ownerStartTicks: number;
  /** The run is still active and must be left alone. */
  readonly alive: boolean;
  /** Its pids are of this boot and this PID namespace. */
  readonly ofThisMachine: boolean;
  readonly entries: readonly UndoEntry[];
  readonly recorded: readonly UndoEntry[];
  /** Time of the last write in epoch ms. */
  readonly writtenMs: number;
  /** What cannot be undone because it cannot be read or is unknown; empty otherwise. */
  readonly unread: readonly string[];
}

/**
 * Every ledger in the state folder. One too damaged to name its owner counts as a dead run's; one
 * that vanishes meanwhile had ended.
 */
export function leftRuns(stateDirectory: string): LeftRun[] {
  return namesIn(stateDirectory)
    .filter((name) => name.endsWith(".ndjson"))
    .sort()
    .flatMap(
      (name) => readLedger(join(stateDirectory, name), name.slice(0, -".ndjson".length)) ?? [],
    );
}

/** The ledger of one run. */
export function leftRun(stateDirectory: string, runId: string): LeftRun | undefined {
  return readLedger(join(stateDirectory, `${runId}.ndjson`), runId) ?? undefined;
}

function namesIn(stateDirectory: string): string[] {
  try {
    return readdirSync(stateDirectory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new SeawallError(
      "MACHINE_DIRTY",
      `${stateDirectory} cannot be read (${code}), so it is unknown what earlier runs left`,
      {
        cause: error,
        hint: "Make the folder readable, or set another cache folder with SEAWALL_CACHE.",
      },
    );
  }
}

function readLedger(path: string, runId: string): LeftRun | null {
  const unknownOwner = {
    runId,
    ledger: path,
    directory: "",
    ownerPid: 0,
    ownerStartTicks: 0,
    alive: false,
    ofThisMachine: true,
    entries: [],
    recorded: [],
    writtenMs: 0,
  };
  try {
    const text = readFileSync(path, "utf8");
    const { owner, entries, recorded, foreign } = parseLedger(text);
    const of =
      owner === undefined
        ? {}
        : {
            runId: owner.runId,
            directory: owner.directory,
            ownerPid: owner.pid,
            ownerStartTicks: owner.startTicks,
            ...livesOf(owner),
          };
    return {
      ...unknownOwner,
      ...of,
      entries,
      recorded,
      writtenMs: statSync(path).mtimeMs,
      unread: foreign,
    };
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return null;
    return {
      ...unknownOwner,
      unread: [
        `its ledger ${path} (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
      ],
    };
  }
}

function livesOf({ pid, startTicks, epoch }: Owner): Pick<LeftRun, "alive" | "ofThisMachine"> {
  const ofThisMachine = epoch === undefined || epoch === machineEpoch();
  return { alive: ofThisMachine && mayBeSameProcess(pid, startTicks), ofThisMachine };
}
