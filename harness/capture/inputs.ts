/**
 * The inputs of a capture: files or standard input, plain, gzip or zstd, UTF-8, UTF-16 or any
 * eight-bit encoding, as batches of lines. Memory is bounded, whatever the input holds.
 */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

export interface Input {
  readonly name: string;
  open(): Readable;
}

/** A line, or why it has no text. */
export interface Line {
  /** Null for a line that is too long. */
  readonly text: string | null;
  /** Some bytes are not UTF-8. */
  readonly otherEncoding: boolean;
}

export const lineBytesMax = 64 * 1024;
const headBytes = 64 * 1024;
const newline = 10;

export function fileInput(path: string): Input {
  return { name: path, open: () => createReadStream(path) };
}

/** Called when an input ends in the middle, such as a gzip file that was cut off. */
type CutOff = (why: string) => void;

/** The decompressed bytes, with the start of the text for guesses about it. */
export async function openBytes(
  input: Input,
  cutOff: CutOff,
): Promise<{ readonly head: string; readonly chunks: AsyncGenerator<Buffer> }> {
  const raw = safely(input.open(), cutOff, true);
  const packed = await peeked(raw, 4);
  const plain =
    packed.first[0] === 0x1f && packed.first[1] === 0x8b
      ? unpacked(packed.all, createGunzip(), cutOff)
      : packed.first.length >= 4 && packed.first.readUInt32LE(0) === 0xfd2fb528
        ? unpacked(packed.all, createZstdDecompress(), cutOff)
        : packed.all;
  const inText = await peeked(plain, headBytes);
  const wide = wideEncodingOf(inText.first);
  const text = wide === null ? inText : await peeked(narrowed(inText.all, wide), headBytes);
  return {
    head: text.first.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, ""),
    chunks: text.all,
  };
}

/** Up to `bytes` of the first bytes, and all bytes. */
async function peeked(
  chunks: AsyncGenerator<Buffer>,
  bytes: number,
): Promise<{ readonly first: Buffer; readonly all: AsyncGenerator<Buffer> }> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    parts.push(value);
    length += value.length;
  }
  const start = Buffer.concat(parts);
  return {
    first: start.subarray(0, bytes),
    all: (async function* () {
      if (start.length > 0) yield start;
      yield* chunks;
    })(),
  };
}

/** What came before a failure counts. A file that cannot be opened throws. */
async function* safely(stream: Readable, cutOff: CutOff, opens: boolean): AsyncGenerator<Buffer> {
  let any = !opens;
  try {
    for await (const chunk of stream) {
      any = true;
      yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string);
    }
  } catch (error) {
    if (!any) throw error;
    cutOff((error as Error).message);
  }
}

function unpacked(
  chunks: AsyncGenerator<Buffer>,
  through: NodeJS.ReadWriteStream,
  cutOff: CutOff,
): AsyncGenerator<Buffer> {
  const source = Readable.from(chunks, { objectMode: false });
  source.on("error", (error) => through.emit("error", error));
  return safely(source.pipe(through) as unknown as Readable, cutOff, false);
}

function wideEncodingOf(first: Buffer): "utf-16le" | "utf-16be" | null {
  if (first[0] === 0xff && first[1] === 0xfe) return "utf-16le";
  return first[0] === 0xfe && first[1] === 0xff ? "utf-16be" : null;
}

async function* narrowed(
  chunks: AsyncGenerator<Buffer>,
  encoding: "utf-16le" | "utf-16be",
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Batches of lines; empty lines are left out. */
export async function* linesOf(chunks: AsyncGenerator<Buffer>): AsyncGenerator<readonly Line[]> {
  let rest: Buffer = Buffer.alloc(0);
  let skips = false;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let from = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      if (skips) skips = false;
      else add(lines, bytes.subarray(from, end));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (skips) rest = Buffer.alloc(0);
    else if (rest.length > lineBytesMax) {
      lines.push({ text: null, otherEncoding: false });
      skips = true;
      rest = Buffer.alloc(0);
    }
    if (lines.length > 0) yield lines;
  }
  const last: Line[] = [];
  if (!skips) add(last, rest);
  if (last.length > 0) yield last;
}

function add(lines: Line[], bytes: Buffer): void {
  if (bytes.length > lineBytesMax) {
    lines.push({ text: null, otherEncoding: false });
    return;
  }
  const fine = isUtf8(bytes);
  const text = bytes.toString(fine ? "utf8" : "latin1").replace(/^\uFEFF/, "");
  const trimmed = text.endsWith("\r") ? text.slice(0, -1) : text;
  if (trimmed.trim() !== "") lines.push({ text: trimmed, otherEncoding: !fine });
}
