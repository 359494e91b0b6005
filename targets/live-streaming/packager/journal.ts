/**
 * The outcome of every segment, in the order of decision: a bounded ring that is read from a
 * sequence number onwards. A file keeps it, so that a packager knows its acknowledgements after a
 * kill and restart.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";

export interface Entry {
  readonly seq: number;
  /** Epoch ms at which the PUT ended, and began. */
  readonly atMs: number;
  readonly startedMs: number;
  readonly number: number;
  readonly rendition: string;
  readonly pipeline: string;
  readonly outcome: "acked" | "lost";
  /** Of the last attempt; 0 without an answer. */
  readonly status: number;
  readonly tookMs: number;
  readonly attempts: number;
  /** Attempts that an origin refused. */
  readonly refusals: number;
  readonly sha256: string;
  readonly bytes: number;
  /** The defects that the inspection found and the PUT declared. */
  readonly defects: readonly string[];
  readonly backfill: boolean;
}

export interface Journal {
  add(entry: Omit<Entry, "seq">): void;
  /**
   * NDJSON of the entries after `seq`. Entries that left the ring are lost, which the reader sees
   * as a gap.
   */
  after(seq: number): string;
}

export interface JournalFile {
  readonly path: string;
  /** Called once for each line that could not be written. The ring continues. */
  readonly onError: (error: unknown) => void;
}

export function createJournal(entriesMax: number, file: JournalFile | null = null): Journal {
  // A line of JSON and its sequence number.
  let entries: { readonly seq: number; readonly line: string }[] =
    file === null ? [] : readBack(file, entriesMax);
  let seq = entries.at(-1)?.seq ?? 0;
  return {
    add(entry) {
      seq += 1;
      const line = `${JSON.stringify({ seq, ...entry } satisfies Entry)}\n`;
      entries.push({ seq, line });
      // Halved at once, so that a long run does not shift the array, or rewrite the file, at every
      // entry.
      const cut = entries.length > 2 * entriesMax;
      if (cut) entries = entries.slice(-entriesMax);
      if (file !== null) keep(file, cut ? entries.map((each) => each.line).join("") : line, cut);
    },
    after(from) {
      const first = entries[0]?.seq ?? 1;
      return entries
        .slice(Math.max(0, from + 1 - first))
        .map(({ line }) => line)
        .join("");
    },
  };
}

function keep({ path, onError }: JournalFile, text: string, whole: boolean): void {
  try {
    if (whole) replace(path, text);
    else appendFileSync(path, text);
  } catch (error) {
    onError(error);
  }
}

function replace(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

/**
 * A SIGKILL may have torn the last line. Lines after an unreadable one may be out of order and are
 * dropped.
 */
function readBack(
  { path, onError }: JournalFile,
  entriesMax: number,
): { seq: number; line: string }[] {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") onError(error);
    return [];
  }
  const kept: { seq: number; line: string }[] = [];
  for (const line of text.split("\n")) {
    const seq = sequenceOf(line);
    if (seq === null || seq !== (kept.at(-1)?.seq ?? seq - 1) + 1) break;
    kept.push({ seq, line: `${line}\n` });
  }
  const last = kept.slice(-entriesMax);
  // Without the torn line, so that the next entry begins a line.
  const whole = last.map(({ line }) => line).join("");
  if (whole !== text) keep({ path, onError }, whole, true);
  return last;
}

function sequenceOf(line: string): number | null {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    return typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 ? seq : null;
  } catch {
    return null;
  }
}
