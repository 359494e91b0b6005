/**
 * Stores events in a file, a line each; when it is large it is put aside, and the one put aside
 * before it goes. A write that fails half-way, as on a full disk, stores whole lines and says how
 * many: no event lies there twice, and none is torn.
 */
import { open, type FileHandle, rename } from "node:fs/promises";
import type { EventSink } from "./ingest.ts";

export interface EventFile extends EventSink {
  close(): Promise<void>;
}

const lineEnd = 0x0a;

/**
 * The way that is not bounded: each event opens the file, writes itself and closes it, as a log
 * line does that is written where it occurs.
 */
export function eventByEvent(path: string): EventFile {
  // Many write at once: none may cut the file, and none can know of a line that another tears at
  // this moment. So a line ends where the next begins, and each begins with the end of a line.
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
   * The old file stays in use until the new one is there: one that cannot be turned over goes on
   * growing, and is tried again.
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
   * How many whole lines of what was written are to stay; the rest is cut off, or ended where that
   * is not possible.
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
        // The lines are stored, whether or not the file can be turned over now.
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

/** A gateway that was killed while it wrote leaves half a line. */
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

/** Never rejects: how far it got is what counts. */
async function written(file: FileHandle, text: Buffer): Promise<Written> {
  let bytes = 0;
  try {
    while (bytes < text.length) bytes += (await file.write(text, bytes)).bytesWritten;
    return { bytes, error: null };
  } catch (error) {
    return { bytes, error };
  }
}
