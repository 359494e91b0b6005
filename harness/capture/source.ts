/** One input of a capture as requests in order of time, without anything of who asked. */
import type { Anonymous } from "./anonymous.ts";
import type { Entry } from "./entry.ts";
import { type FormatName, formatOf, formats, type ReadLine } from "./formats.ts";
import { harBytesMax, harEntries } from "./formats/har.ts";
import { type Input, type Line, linesOf, openBytes } from "./inputs.ts";
import { Reorder } from "./reorder.ts";

/** As in a trace, but with the moment and the number of the log. */
export interface Request {
  readonly atMs: number;
  readonly object: number;
  readonly number: number | null;
  readonly session: string;
  readonly status: number;
}

/** What became of the lines of all inputs. */
export interface Counts {
  lines: number;
  broken: number;
  tooLong: number;
  late: number;
  strayTime: number;
  otherMethod: number;
  otherPath: number;
  tooManyObjects: number;
  otherEncoding: number;
  cutOff: number;
  clockMs: number;
}

export const noCounts = (): Counts => ({
  lines: 0,
  broken: 0,
  tooLong: 0,
  late: 0,
  strayTime: 0,
  otherMethod: 0,
  otherPath: 0,
  tooManyObjects: 0,
  otherEncoding: 0,
  cutOff: 0,
  clockMs: 1,
});

/** So many first lines decide what the format is. */
const guessedFrom = 200;

/** `format`: null where it is to be found. */
export async function* requestsOf(
  input: Input,
  format: FormatName | null,
  anonymous: Anonymous,
  counts: Counts,
): AsyncGenerator<readonly Request[]> {
  const { head, chunks } = await openBytes(input, () => {
    counts.cutOff++;
  });
  const ready: (readonly Request[])[] = [];
  const order = new Reorder<Request>((rows) => ready.push(rows));
  const take = (read: ReturnType<ReadLine>, otherEncoding = false): void => {
    if (read === "comment") return;
    counts.lines++;
    const request = requestIn(read, anonymous, counts);
    if (request === null) return;
    if (otherEncoding) counts.otherEncoding++;
    order.push(request);
  };
  if (format === "har" || (format === null && /^\s*\{\s*"log"\s*:/.test(head))) {
    for (const entry of await harOf(chunks)) take(entry);
  } else {
    const batches = linesOf(chunks);
    const first = await firstLines(batches);
    const texts = first.flatMap(({ text }) => (text === null ? [] : [text]));
    const open =
      format === null ? formatOf(texts.slice(0, guessedFrom))?.open : formats[format].open;
    const read: ReadLine = open?.() ?? (() => null);
    const all = (lines: readonly Line[]): void => {
      for (const { text, otherEncoding } of lines) {
        if (text === null) {
          counts.lines++;
          counts.tooLong++;
        } else take(read(text), otherEncoding);
      }
    };
    all(first);
    for await (const lines of batches) {
      all(lines);
      yield* ready.splice(0);
    }
  }
  order.end();
  counts.late += order.late;
  counts.strayTime += order.strayTime;
  yield* ready.splice(0);
}

/** Read as a whole, so its size is limited: a larger one has no entry and is cut off. */
async function harOf(chunks: AsyncGenerator<Buffer>): Promise<readonly (Entry | null)[]> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > harBytesMax) return [null];
    parts.push(chunk);
  }
  return (
    harEntries(
      Buffer.concat(parts)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
    ) ?? [null]
  );
}

async function firstLines(batches: AsyncGenerator<readonly Line[]>): Promise<Line[]> {
  const first: Line[] = [];
  while (first.length < guessedFrom) {
    const { value, done } = await batches.next();
    if (done === true) break;
    first.push(...value);
  }
  return first;
}

function requestIn(entry: Entry | null, anonymous: Anonymous, counts: Counts): Request | null {
  if (entry === null) {
    counts.broken++;
    return null;
  }
  if (entry.method !== "GET") {
    counts.otherMethod++;
    return null;
  }
  const object = anonymous.object(entry.target);
  if (typeof object === "string") {
    counts[object]++;
    return null;
  }
  counts.clockMs = Math.max(counts.clockMs, entry.clockMs);
  return {
    atMs: anonymous.spread(entry.atMs, entry.clockMs),
    object: object.index,
    number: object.number,
    session: anonymous.session(entry.who),
    status: entry.status,
  };
}
