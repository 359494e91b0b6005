/**
 * What became of every segment, in the order in which it was decided: a bounded ring that is read
 * from a sequence number onwards. It is also kept in a file, so that a packager that was killed
 * still knows, once it is back, what had been acknowledged to it.
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
  /** Of the last attempt; 0 when there was no answer. */
  readonly status: number;
  readonly tookMs: number;
  readonly attempts: number;
  /** Attempts that an origin turned away. */
  readonly refusals: number;
  readonly sha256: string;
  readonly bytes: number;
  /** What the inspection found and the PUT said. */
  readonly defects: readonly string[];
  readonly backfill: boolean;
}

export interface Journal {
  add(entry: Omit<Entry, "seq">): void;
  /**
   * NDJSON of what came after `seq`; what the ring has lost is gone, which the reader sees from the
   * gap.
   */
  after(seq: number): string;
}

export interface JournalFile {
  readonly path: string;
  /** Told once for each line that could not be written; the ring goes on. */
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
      // Cut in halves, so that a long run does not shift the array, or write the file anew, at
      // every entry.
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
 * The last line may have been torn by a SIGKILL; whatever comes after an unreadable line is not
 * trusted to be in order.
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
  // Without the torn line: what is added next must begin a line of its own.
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
