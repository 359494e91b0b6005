/**
 * The undo ledger: each undo is on disk, synced, before its act. There is one file per run in the
 * state folder, which is removed when all is undone. A file whose owner is dead means a dirty
 * machine: `recover` replays it, and no run starts until then.
 */
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { UndoEntry, UndoLedger } from "../record/undo.ts";
import { existsAsAnything, makeFolders, storageError, syncDirectory } from "../system/files.ts";
import { LineFile } from "../system/line-file.ts";
import { machineEpoch, statOf } from "../system/processes.ts";

/** A reader of another format undoes what it knows, and reports that there may be more. */
export const ledgerFormat = "seawall-ledger/1";

export interface Owner {
  /** Absent in ledgers from before formats had names. */
  readonly format?: string;
  readonly runId: string;
  readonly pid: number;
  /** Clock ticks from boot to the start of the process. */
  readonly startTicks: number;
  /** The boot and the PID namespace in which its pids are valid; absent in older ledgers. */
  readonly epoch?: string;
  /** The run's folder; empty if it has none. */
  readonly directory: string;
}

const elsewhere = "Set another cache folder with the environment variable SEAWALL_CACHE.";

type Line =
  | { readonly owner: Owner }
  | { readonly entry: UndoEntry; readonly id: number }
  | { readonly undone: number };

export class FileLedger implements UndoLedger {
  readonly #path: string;
  readonly #file: LineFile;
  readonly #recorded: UndoEntry[] = [];
  readonly #open = new Set<UndoEntry>();
  #next = 0;
  #closed = false;

  constructor(stateDirectory: string, runId: string, runDirectory: string) {
    this.#path = join(stateDirectory, `${runId}.ndjson`);
    const beside = `${this.#path}.${process.pid}.part`;
    let file: LineFile | undefined;
    try {
      makeFolders(stateDirectory);
      if (existsAsAnything(this.#path)) throw new Error("another run has this id");
      // A ledger without an owner would be taken for a dead run's, so it is written in full before
      // it gets its name.
      file = LineFile.open(beside, "ax");
      this.#file = file;
      const startTicks = statOf(process.pid)?.startTicks ?? 0;
      this.#append({
        owner: {
          format: ledgerFormat,
          runId,
          pid: process.pid,
          startTicks,
          epoch: machineEpoch(),
          directory: runDirectory,
        },
      });
      renameSync(beside, this.#path);
      syncDirectory(stateDirectory);
    } catch (error) {
      file?.[Symbol.dispose]();
      if (file !== undefined) rmSync(beside, { force: true });
      throw storageError(this.#path, error, elsewhere);
    }
  }

  /** All recorded entries, including undone ones: where to search for remains of the run. */
  get recorded(): readonly UndoEntry[] {
    return this.#recorded;
  }

  /** Entries that are not undone yet. */
  get open(): readonly UndoEntry[] {
    return [...this.#open];
  }

  record(entry: UndoEntry): () => void {
    const id = this.#next++;
    try {
      this.#append({ entry, id });
    } catch (error) {
      throw storageError(this.#path, error, elsewhere);
    }
    this.#recorded.push(entry);
    this.#open.add(entry);
    return () => {
      this.#open.delete(entry);
      // May be called at any time, when a process ends. An entry that stays is processed again by
      // `recover`, which is harmless.
      if (this.#closed) return;
      try {
        this.#append({ undone: id });
      } catch {
        // the disk is full
      }
    };
  }

  #append(line: Line): void {
    this.#file.append(JSON.stringify(line), true);
  }

  /** Call it only when nothing is left to undo. */
  remove(): void {
    rmSync(this.#path, { force: true });
    this.close();
  }

  /** Keeps the file, so that `recover` can continue from it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file[Symbol.dispose]();
  }
}

export interface LedgerText {
  readonly owner: Owner | undefined;
  /** Entries that are not undone yet, in the order of their acts. */
  readonly entries: readonly UndoEntry[];
  /** All recorded entries. */
  readonly recorded: readonly UndoEntry[];
  /** Entries of an unknown kind, which this version cannot undo. */
  readonly foreign: readonly string[];
}

const knownKinds: readonly string[] = [
  "processGroup",
  "directory",
  "ports",
  "made",
  "changed",
  "command",
] satisfies readonly UndoEntry["kind"][];

/**
 * The owner, and the entries that are not undone yet. A torn line announced an act that did not
 * happen.
 */
export function parseLedger(text: string): LedgerText {
  const lines = text.split("\n").flatMap((one): Line[] => {
    try {
      const line = JSON.parse(one) as Line | null;
      return typeof line === "object" && line !== null ? [line] : [];
    } catch {
      return [];
    }
  });
  const owner = lines.flatMap((line) =>
    "owner" in line && isOwner(line.owner) ? [line.owner] : [],
  )[0];
  const undone = new Set(lines.flatMap((line) => ("undone" in line ? [line.undone] : [])));
  const all = lines.flatMap((line) =>
    "entry" in line ? [{ ...line, entry: asNow(line.entry) }] : [],
  );
  const known = all.filter(({ entry }) => knownKinds.includes(entry?.kind));
  const unknown = all
    .filter((line) => !known.includes(line) && !undone.has(line.id))
    .map(({ entry }) => String((entry as { kind?: unknown } | null)?.kind));
  const newer =
    owner?.format === undefined || owner.format === ledgerFormat
      ? []
      : [`what only a version with ${JSON.stringify(owner.format)} can undo`];
  return {
    owner,
    recorded: known.map(({ entry }) => entry),
    entries: known.filter(({ id }) => !undone.has(id)).map(({ entry }) => entry),
    foreign: [
      ...newer,
      ...[...new Set(unknown)].map(
        (kind) => `what an entry of the unknown kind ${JSON.stringify(kind)} means`,
      ),
    ],
  };
}

/** Older ledgers know one substrate outside this machine. */
type OlderEntry = {
  readonly kind: "container" | "network";
  readonly name: string;
  readonly engine: string;
};

function asNow(entry: UndoEntry | OlderEntry): UndoEntry {
  const { kind } = entry ?? {};
  if (kind !== "container" && kind !== "network") return entry as UndoEntry;
  const { name, engine } = entry as OlderEntry;
  return { kind: "made", substrate: "docker", what: kind, name, at: engine };
}

function isOwner(value: unknown): value is Owner {
  const { runId, pid, startTicks, directory } = (value ?? {}) as Partial<
    Record<keyof Owner, unknown>
  >;
  return (
    typeof runId === "string" &&
    Number.isSafeInteger(pid) &&
    Number.isFinite(startTicks) &&
    typeof directory === "string"
  );
}
