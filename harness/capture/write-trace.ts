/** Writes a trace: whole, by rename, with its summary in the last line. */
import { createWriteStream, renameSync, rmSync } from "node:fs";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { storageError } from "../system/files.ts";
import {
  objectLine,
  rowLine,
  summaryLine,
  traceHead,
  type TraceObject,
  type TraceSummary,
} from "../trace/trace.ts";
import type { Counts, Request } from "./source.ts";

/** Sessions are counted in so many bits (linear counting). */
const sessionBits = 1 << 22;
/** The base of numbers is the median of so many, so that one strange number is no base. */
const basedOn = 1_000;
/** A number this far from the base is no number of the same stream of content. */
const numberFarthest = 1e9;
const flushedAt = 64 * 1024;

export interface Traced {
  readonly requests: AsyncGenerator<readonly Request[]>;
  /** Grows while requests arrive. */
  readonly objects: readonly TraceObject[];
  readonly counts: Counts;
  readonly numbers: TraceSummary["numbers"];
}

/** Throws a storage error; then nothing is left at `path`. */
export async function writeTrace(path: string, traced: Traced): Promise<TraceSummary> {
  const beside = `${path}.${process.pid}.part`;
  const compress = createZstdCompress();
  const file = createWriteStream(beside);
  const written = pipeline(compress, file);
  // A failure is thrown by the last `await`, and must not be unhandled until then.
  written.catch(() => compress.destroy());
  try {
    const summary = await send(traced, async (text) => {
      if (!compress.write(text)) await Promise.race([once(compress, "drain"), written]);
    });
    compress.end();
    await written;
    renameSync(beside, path);
    return summary;
  } catch (error) {
    compress.destroy();
    await written.catch(() => {});
    rmSync(beside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : storageError(path, error, "Choose another --out FILE.");
  }
}

async function send(
  { requests, objects, counts, numbers }: Traced,
  write: (text: string) => Promise<void>,
): Promise<TraceSummary> {
  const sessions = new Uint8Array(sessionBits / 8);
  const kinds: Record<string, number> = {};
  const known = { objects: 0, rows: 0, numberTooFar: 0, peak: 0, inSecond: 0, second: -1 };
  let base: number | null = null;
  let zeroMs: number | null = null;
  let lastMs = 0;
  let text = `${traceHead}\n`;
  const held: Request[] = [];
  const one = (request: Request): void => {
    const number =
      request.number === null || numbers === "absolute"
        ? request.number
        : request.number - (base ?? 0);
    if (numbers === "relative" && Math.abs(number ?? 0) > numberFarthest) {
      known.numberTooFar++;
      return;
    }
    for (; known.objects < objects.length; known.objects++)
      text += `${objectLine(objects[known.objects] as TraceObject)}\n`;
    zeroMs ??= request.atMs;
    lastMs = request.atMs - zeroMs;
    text += `${rowLine({ ...request, atMs: lastMs, number })}\n`;
    known.rows++;
    const kind = objects[request.object]?.kind ?? "";
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    const bit = Number.parseInt(request.session, 36) % sessionBits;
    sessions[bit >> 3] = (sessions[bit >> 3] as number) | (1 << (bit & 7));
    const second = Math.floor(lastMs / 1000);
    known.inSecond = second === known.second ? known.inSecond + 1 : 1;
    known.second = second;
    known.peak = Math.max(known.peak, known.inSecond);
  };
  const begin = (): void => {
    base ??= medianOf(held.flatMap(({ number }) => (number === null ? [] : [number])));
    for (const request of held.splice(0)) one(request);
  };
  for await (const batch of requests) {
    for (const request of batch) {
      if (base === null) {
        held.push(request);
        if (held.length >= basedOn) begin();
      } else one(request);
      if (text.length >= flushedAt) {
        await write(text);
        text = "";
      }
    }
  }
  begin();
  const { lines, otherEncoding, cutOff, clockMs, ...left } = counts;
  const summary: TraceSummary = {
    format: "seawall-trace/1",
    numbers,
    clockMs,
    lines,
    requests: known.rows,
    sessions: distinctIn(sessions, known.rows),
    spanMs: lastMs,
    peakPerSecond: known.peak,
    kinds,
    leftOut: { ...left, numberTooFar: known.numberTooFar },
    otherEncoding,
    cutOff,
  };
  await write(`${text}${summaryLine(summary)}\n`);
  return summary;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Whang, Vander-Zanden and Taylor, 1990: from the share of bits that stayed empty. */
function distinctIn(bits: Uint8Array, most: number): number {
  let set = 0;
  for (const byte of bits) for (let rest = byte; rest > 0; rest &= rest - 1) set++;
  const empty = Math.max(1, sessionBits - set);
  return Math.min(most, Math.round(-sessionBits * Math.log(empty / sessionBits)));
}
