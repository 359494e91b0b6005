/**
 * The undo ledger: what must be undone is on disk, synced, before it is done. One file per run in the state folder; it goes when all is
 * undone. A file whose owner is dead means a dirty machine: `recover` replays it, and no run starts until then.
 */
import { closeSync, existsSync, fdatasyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { devNull } from "node:os";
import { join } from "node:path";
import type { UndoEntry, UndoLedger } from "../core/ports.ts";
import type { Command } from "../core/target.ts";
import { runCommand } from "../system/command.ts";
import { makeFolders, storageError, syncDirectory } from "../system/files.ts";
import { endGroup, endProcessesOfRun, isSameProcess, mayBeSameProcess, statOf } from "../system/processes.ts";

interface Owner { readonly runId: string; readonly pid: number; readonly startTicks: number; readonly directory: string }
type Line = { readonly owner: Owner } | { readonly entry: UndoEntry; readonly id: number } | { readonly undone: number };

export class FileLedger implements UndoLedger {
  readonly #path: string;
  readonly #file: number;
  #next = 0;
  #closed = false;

  constructor(stateDirectory: string, runId: string, runDirectory: string) {
    this.#path = join(stateDirectory, `${runId}.ndjson`);
    try {
      makeFolders(stateDirectory);
      if (existsSync(this.#path)) throw Object.assign(new Error("another run has this id"), { code: "EEXIST" });
      // Nobody may come upon a ledger that does not say yet whose it is: it would be taken for a dead run's.
      const beside = `${this.#path}.${process.pid}.part`;
      this.#file = openSync(beside, "ax");
      this.#append({ owner: { runId, pid: process.pid, startTicks: statOf(process.pid)?.startTicks ?? 0, directory: runDirectory } });
      renameSync(beside, this.#path);
      syncDirectory(stateDirectory);
    } catch (error) {
      throw storageError(this.#path, error);
    }
  }

  record(entry: UndoEntry): () => void {
    const id = this.#next++;
    try {
      this.#append({ entry, id });
    } catch (error) {
      throw storageError(this.#path, error);
    }
    return () => {
      // Called when a process ends, at any time: an entry that stays is looked at again by `recover`, which does no harm.
      if (this.#closed) return;
      try {
        this.#append({ undone: id });
      } catch {
        // the disk is full
      }
    };
  }

  #append(line: Line): void {
    writeFileSync(this.#file, `${JSON.stringify(line)}\n`);
    fdatasyncSync(this.#file);
  }

  /** Call only when nothing is left to undo. */
  remove(): void {
    rmSync(this.#path, { force: true });
    this.close();
  }

  /** Leaves the file, so that `recover` can go on from it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
  }
}

export interface LeftRun {
  readonly runId: string;
  readonly ledger: string;
  readonly directory: string;
  readonly ownerPid: number;
  readonly ownerStartTicks: number;
  /** The run goes on; it is nobody else's business. */
  readonly alive: boolean;
  readonly entries: readonly UndoEntry[];
}

/** Every ledger in the state folder. One too damaged to name its owner is taken for a dead run's. */
export function leftRuns(stateDirectory: string): LeftRun[] {
  if (!existsSync(stateDirectory)) return [];
  return readdirSync(stateDirectory).filter((name) => name.endsWith(".ndjson")).sort().map((name) => readLedger(join(stateDirectory, name), name.slice(0, -".ndjson".length)));
}

function readLedger(path: string, runId: string): LeftRun {
  const { owner, entries } = parseLedger(readFileSync(path, "utf8"));
  return {
    runId: owner?.runId ?? runId, ledger: path, directory: owner?.directory ?? "", ownerPid: owner?.pid ?? 0, ownerStartTicks: owner?.startTicks ?? 0,
    alive: owner !== undefined && mayBeSameProcess(owner.pid, owner.startTicks), entries,
  };
}

/** Whose it is, and what is not undone yet, in the order in which it was done. */
export function parseLedger(text: string): { readonly owner: Owner | undefined; readonly entries: readonly UndoEntry[] } {
  const lines = text.split("\n").flatMap((one): Line[] => {
    try {
      const line = JSON.parse(one) as Line | null;
      return typeof line === "object" && line !== null ? [line] : [];
    } catch {
      return []; // the last line may be torn: what it announced was not yet done
    }
  });
  const owner = lines.flatMap((line) => ("owner" in line ? [line.owner] : []))[0];
  const undone = new Set(lines.flatMap((line) => ("undone" in line ? [line.undone] : [])));
  return { owner, entries: lines.flatMap((line) => ("entry" in line && !undone.has(line.id) ? [line.entry] : [])) };
}

/** Removes a run's containers and networks from the engine that they are on; returns what could not be removed. */
export type EngineUndo = (runId: string, engine: string) => Promise<readonly string[]>;

/** What replaying asks of a machine. */
export interface Undoing {
  isSameProcess(pid: number, startTicks: number): boolean;
  /** False when it does not end. */
  endGroup(pid: number): Promise<boolean>;
  /** Ends everything that carries the run's mark; those that do not end. */
  endProcessesOfRun(runId: string): Promise<readonly number[]>;
  remove(path: string): Promise<void>;
  /** Null when it ended well, else what went wrong. */
  run(command: Command): Promise<string | null>;
}

const commandMs = 60_000;

export const onThisMachine: Undoing = {
  isSameProcess, endGroup: (pid) => endGroup(pid, 0), endProcessesOfRun: (runId) => endProcessesOfRun(runId, 5_000),
  remove: (path) => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  run: (command) => runCommand(command, devNull, commandMs),
};

/** Undoes all that a dead run left; returns what could not be undone. Safe to repeat. */
export async function recoverRun(
  left: Pick<LeftRun, "runId" | "entries" | "ledger">, ofEngine: EngineUndo = async () => ["its containers and networks, of which nobody asked the engine"], on: Undoing = onThisMachine,
): Promise<readonly string[]> {
  const remaining: string[] = [];
  for (const entry of left.entries.toReversed()) {
    if (entry.kind === "processGroup" && on.isSameProcess(entry.pid, entry.startTicks) && !(await on.endGroup(entry.pid))) {
      remaining.push(`process group ${entry.pid} (${entry.service})`);
    }
  }
  // A process that was started but not yet written down, or one whose group lost its leader, is found by the mark in its environment.
  remaining.push(...(await on.endProcessesOfRun(left.runId)).map((pid) => `process ${pid}`));
  for (const engine of new Set(left.entries.flatMap((entry) => (entry.kind === "container" || entry.kind === "network" ? [entry.engine] : [])))) {
    remaining.push(...(await ofEngine(left.runId, engine).catch((error: Error) => [`containers and networks of it on ${engine}: ${error.message}`])));
  }
  for (const entry of left.entries) {
    if (entry.kind !== "command") continue;
    const problem = await on.run(entry);
    if (problem !== null) remaining.push(`what \`${[entry.command, ...entry.args].join(" ")}\` takes down (${problem})`);
  }
  for (const entry of left.entries) {
    if (entry.kind !== "directory") continue;
    await on.remove(entry.path).catch((error: Error) => remaining.push(`folder ${entry.path}: ${error.message}`));
  }
  if (remaining.length === 0) rmSync(left.ledger, { force: true });
  return remaining;
}
