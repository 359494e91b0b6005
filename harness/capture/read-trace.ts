/** Reads a trace line by line, so that its size does not matter. */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { SeawallError } from "../base/errors.ts";
import {
  parseTraceLine,
  type TraceLine,
  type TraceObject,
  type TraceRow,
  type TraceSummary,
} from "../trace/trace.ts";

export interface ReadTrace {
  readonly summary: TraceSummary;
  readonly objects: readonly TraceObject[];
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** Each file in zstd begins with this number (RFC 8878). */
const zstdMagic = 0xfd2fb528;

/** A trace may also be the text itself, as `zstdcat` prints it: for a repository, say. */
function isCompressed(path: string): boolean {
  const start = Buffer.alloc(4);
  try {
    const file = openSync(path, "r");
    try {
      return readSync(file, start) < 4 || start.readUInt32LE() === zstdMagic;
    } finally {
      closeSync(file);
    }
  } catch {
    // Reading it says what is wrong.
    return true;
  }
}

/** Throws `TRACE_BROKEN` for anything that is not a whole trace. */
export async function readTrace(
  path: string,
  each: (row: TraceRow, object: TraceObject) => void,
): Promise<ReadTrace> {
  const hash = createHash("sha256");
  const file = createReadStream(path);
  file.on("data", (chunk) => hash.update(chunk));
  const text = isCompressed(path) ? createZstdDecompress() : new PassThrough();
  // `pipe` forwards no errors.
  file.on("error", (error) => text.destroy(error));
  const objects: TraceObject[] = [];
  let summary: TraceSummary | null = null;
  let line = 0;
  let rows = 0;
  try {
    for await (const one of createInterface({ input: file.pipe(text) })) {
      const said: TraceLine | null = summary === null ? parseTraceLine(one) : null;
      if (said === null || (line++ === 0) !== "head" in said)
        throw new Error(`line ${line} is no line of a trace`);
      if ("object" in said) objects.push(said.object);
      else if ("summary" in said) summary = said.summary;
      else if ("row" in said) {
        const object = objects[said.row.object];
        if (object === undefined) throw new Error(`line ${line} has no object`);
        rows++;
        each(said.row, object);
      }
    }
    if (summary === null) throw new Error("its last line is missing");
    if (rows !== summary.requests)
      throw new Error(`it holds ${rows} requests and says ${summary.requests}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SeawallError(
      "TRACE_BROKEN",
      code === "ENOENT"
        ? `there is no trace ${path}`
        : `${path} is not a whole trace: ${code ?? message}`,
      { cause: error, hint: "`seawall capture LOG… --out FILE` writes one." },
    );
  } finally {
    file.destroy();
  }
  return { summary, objects, sha256: hash.digest("hex") };
}
