/** Replays the ledger of a dead run. */
import { straysOf } from "../system/strays.ts";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { devNull } from "node:os";
import type { UndoEntry } from "../record/undo.ts";
import type { Command } from "../target/layout.ts";
import { runCommand } from "../system/command.ts";
import { endStrays, type Stray, type Traces } from "../system/strays.ts";
import { type LeftRun, testsPrefix } from "./left-runs.ts";

/**
 * Removes what a run created on a substrate at one place, and reverts what it changed there, the
 * last change first. Returns what could not be undone.
 */
export type SubstrateUndo = (
  runId: string,
  at: string,
  substrate: string,
  changed: readonly Changed[],
) => Promise<readonly string[]>;

export type Changed = UndoEntry & { readonly kind: "changed" };

const undoUnavailable: SubstrateUndo = async (_runId, at, substrate) => [
  `what it made on ${substrate} at ${at}, which was not checked`,
];

/** The operations of a machine that a replay needs. */
export interface Undoing {
  /** Ends all processes with a trace of the run; returns those that do not end. */
  endStrays(traces: Traces): Promise<readonly Stray[]>;
  remove(path: string): Promise<void>;
  /** Null on success, otherwise the problem. */
  run(command: Command): Promise<string | null>;
}

const commandMs = 60_000;
/** A process may start slightly before or after its ledger entry. */
const afterLastEntryMs = 30_000;

export const onThisMachine: Undoing = {
  endStrays: async (traces) => (await endStrays(traces, 5_000)).left,
  remove: (path) => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  run: (command) => runCommand(command, devNull, commandMs),
};

export type Replayed = Pick<LeftRun, "runId" | "ledger" | "entries"> &
  Partial<Pick<LeftRun, "recorded" | "ownerStartTicks" | "ofThisMachine" | "writtenMs" | "unread">>;

/** Undoes everything that a dead run left; returns what could not be undone. Idempotent. */
export async function recoverRun(
  left: Replayed,
  undoMade: SubstrateUndo = undoUnavailable,
  on: Undoing = onThisMachine,
): Promise<readonly string[]> {
  const remaining: string[] = (left.unread ?? []).map(
    (what) => `${what}, which cannot be read here`,
  );
  const strays = await on.endStrays(tracesOf(left));
  remaining.push(...strays.map(({ pid, name, why }) => `process ${pid} (${name}, ${why})`));
  const made = left.entries.flatMap((entry) =>
    entry.kind === "made" || entry.kind === "changed" ? [entry] : [],
  );
  const places = new Map(made.map((entry) => [`${entry.substrate} ${entry.at}`, entry]));
  for (const { substrate, at } of places.values()) {
    remaining.push(
      ...(await undoMade(left.runId, at, substrate, changedAt(made, substrate, at)).catch(
        (error: Error) => [`what it made on ${substrate} at ${at}: ${error.message}`],
      )),
    );
  }
  for (const entry of left.entries) {
    if (entry.kind !== "command") continue;
    const problem = await on.run(entry);
    if (problem !== null)
      remaining.push(
        `what \`${[entry.command, ...entry.args].join(" ")}\` takes down (${problem})`,
      );
  }
  for (const entry of left.entries) {
    if (entry.kind !== "directory") continue;
    await on
      .remove(entry.path)
      .catch((error: Error) => remaining.push(`folder ${entry.path}: ${error.message}`));
  }
  if (remaining.length === 0) rmSync(left.ledger, { force: true });
  return remaining;
}

function changedAt(entries: readonly UndoEntry[], substrate: string, at: string): Changed[] {
  return entries
    .flatMap((entry) =>
      entry.kind === "changed" && entry.substrate === substrate && entry.at === at ? [entry] : [],
    )
    .reverse();
}

/** Where to search for processes of a run; pids of another boot are invalid. */
export function tracesOf({
  runId,
  entries,
  recorded = entries,
  ownerStartTicks = 0,
  ofThisMachine = true,
  writtenMs,
}: Omit<Replayed, "ledger">): Traces {
  const groups = entries.flatMap((entry) => (entry.kind === "processGroup" ? [entry] : []));
  return {
    runId,
    sinceTicks: ofThisMachine ? ownerStartTicks : 0,
    groups: ofThisMachine ? groups : [],
    folders: foldersOf(recorded),
    named: runId.startsWith(testsPrefix),
    endpoints: ofThisMachine
      ? entries.flatMap((entry) => (entry.kind === "ports" ? entry.endpoints : []))
      : [],
    ...(writtenMs === undefined ? {} : { untilMs: writtenMs + afterLastEntryMs }),
  };
}

function foldersOf(entries: readonly UndoEntry[]): string[] {
  return entries.flatMap((entry) => (entry.kind === "directory" ? [entry.path] : []));
}

/**
 * Whether it is left by killed tests without running processes: their folder is harmless, and the
 * next tests remove it.
 */
export function isOfTestsAlone(left: LeftRun): boolean {
  return (
    left.runId.startsWith(testsPrefix) &&
    left.unread.length === 0 &&
    straysOf(tracesOf(left)).length === 0
  );
}
