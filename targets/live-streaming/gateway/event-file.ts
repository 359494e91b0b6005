/**
 * Stores events in a file, one per line, and rotates it when it is large, keeping one old file. A
 * write that fails half-way, as on a full disk, stores whole lines and reports their number. No
 * event is stored twice or torn.
 */
import { open, type FileHandle, rename } from "node:fs/promises";
import type { EventSink } from "./ingest.ts";

export interface EventFile extends EventSink {
  close(): Promise<void>;
}

const lineEnd = 0x0a;

/**
 * The unbounded way: each event opens the file, writes itself and closes it, like a log line
 * written in place.
 */
export function eventByEvent(path: string): EventFile {
  // Writers run concurrently. None may truncate the file or can detect a line that another tears at
  // the same time. So each write begins with a line break.
  return {
    async append(lines) {
      const file = await open(path, "a");
      try {
        const { error } = await written(
          file,
          Buffer.from(lines.map((line) => `\n${line}`).join("")),
        );
        if (error !== null) throw error;
        return lines.length;
      } finally {
        await file.close();
      }
    },
    close: async () => undefined,
  };
}

export async function openEventFile(path: string, bytesMax: number): Promise<EventFile> {
  let file: FileHandle = await open(path, "a");
  /** Up to the end of the last whole line. */
  let bytes = (await file.stat()).size;
  let torn = !(await endsALine(path, bytes));
  let turning: Promise<void> | null = null;

  /**
   * The old file stays in use until the new one exists. If rotation fails, the file grows and
   * rotation is retried.
   */
  const turn = async (): Promise<void> => {
    const fresh = await open(`${path}.new`, "w");
    try {
      await rename(path, `${path}.1`);
      await rename(`${path}.new`, path);
    } catch (error) {
      await fresh.close();
      throw error;
    }
    const old = file;
    file = fresh;
    bytes = 0;
    torn = false;
    await old.close();
  };
  /**
   * The number of whole lines to keep. The rest is truncated, or terminated if truncation fails.
   */
  const keepWholeLines = async (text: Buffer, done: number): Promise<number> => {
    const whole = text.subarray(0, done).lastIndexOf(lineEnd) + 1;
    bytes += whole;
    await file.truncate(bytes).then(
      () => {
        torn = false;
      },
      () => {
        torn ||= done > whole;
        bytes += done - whole;
      },
    );
    return text.subarray(0, whole).filter((byte) => byte === lineEnd).length;
  };
  return {
    async append(lines) {
      if (turning !== null) await turning;
      const lead = torn ? 1 : 0;
      const text = Buffer.from(`${torn ? "\n" : ""}${lines.join("\n")}\n`);
      const { bytes: done, error } = await written(file, text);
      if (error !== null) {
        const stored = Math.max(0, (await keepWholeLines(text, done)) - lead);
        if (stored === 0) throw error;
        return stored;
      }
      bytes += text.length;
      torn = false;
      if (bytes > bytesMax && turning === null) {
        // The lines are stored, whether or not rotation works now.
        turning = turn()
          .catch(() => undefined)
          .finally(() => {
            turning = null;
          });
        await turning;
      }
      return lines.length;
    },
    close: () => file.close(),
  };
}

/** A gateway killed during a write leaves a partial line. */
async function endsALine(path: string, bytes: number): Promise<boolean> {
  if (bytes === 0) return true;
  const reader = await open(path, "r");
  try {
    const { buffer } = await reader.read(Buffer.alloc(1), 0, 1, bytes - 1);
    return buffer[0] === lineEnd;
  } finally {
    await reader.close();
  }
}

interface Written {
  readonly bytes: number;
  readonly error: unknown;
}

/** Never rejects: it reports how far it got. */
async function written(file: FileHandle, text: Buffer): Promise<Written> {
  let bytes = 0;
  try {
    while (bytes < text.length) bytes += (await file.write(text, bytes)).bytesWritten;
    return { bytes, error: null };
  } catch (error) {
    return { bytes, error };
  }
}
