/** Stores events in a file, a line each; when it is large it is put aside, and the one put aside before it goes. */
import { appendFile, open, type FileHandle, rename } from "node:fs/promises";
import type { EventSink } from "./ingest.ts";

export interface EventFile extends EventSink {
  close(): Promise<void>;
}

/** The way that is not bounded: each event opens the file, writes itself and closes it, as a log line does that is written where it occurs. */
export function eventByEvent(path: string): EventFile {
  return { append: (lines) => appendFile(path, `${lines.join("\n")}\n`), close: async () => undefined };
}

export async function openEventFile(path: string, bytesMax: number): Promise<EventFile> {
  let file: FileHandle = await open(path, "a");
  let bytes = (await file.stat()).size;
  let turning: Promise<void> | null = null;

  const turn = async (): Promise<void> => {
    await file.close();
    await rename(path, `${path}.1`);
    file = await open(path, "a");
    bytes = 0;
  };
  return {
    async append(lines) {
      const text = Buffer.from(`${lines.join("\n")}\n`);
      if (turning !== null) await turning;
      await file.appendFile(text);
      bytes += text.length;
      if (bytes > bytesMax && turning === null) {
        turning = turn().finally(() => { turning = null; });
        await turning;
      }
    },
    close: () => file.close(),
  };
}
