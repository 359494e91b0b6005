/** Checks that the samples are those that the run wrote, by its marks and its seal. */
import type { Head, Mark, Seal, Tally } from "./seal.ts";
import { headShape, Tallying } from "./seal.ts";

/** Longer than any head line. */
const headBytesMax = 4_096;

export class SealedSamples {
  readonly #tallying = new Tallying();
  /** The next marks, in the order of their bytes. */
  readonly #ahead: Mark[];
  readonly #seal: Seal | null;
  #firstBytes = "";
  #wrongSinceMs: number | null = null;

  constructor(marks: readonly Mark[], seal: Seal | null) {
    this.#ahead = [...marks].sort((a, b) => a.samples.bytes - b.samples.bytes);
    this.#seal = seal;
  }

  push(chunk: Buffer): void {
    if (this.#firstBytes.length < headBytesMax)
      this.#firstBytes += chunk.toString("utf8", 0, headBytesMax);
    let from = 0;
    for (let mark = this.#ahead[0]; mark !== undefined; mark = this.#ahead[0]) {
      const until = from + mark.samples.bytes - this.#tallying.bytes;
      if (until > chunk.length) break;
      this.#tallying.add(chunk.subarray(from, until));
      from = until;
      if (!same(mark.samples, this.#tallying.sofar())) this.#wrongSinceMs ??= mark.atMs;
      this.#ahead.shift();
    }
    this.#tallying.add(chunk.subarray(from));
  }

  /** The run that the samples name; null if they name none. */
  head(): Head | null {
    const [line = ""] = this.#firstBytes.split("\n", 1);
    if (!line.startsWith("#! ")) return null;
    try {
      return headShape.safeParse(JSON.parse(line.slice(3))).data ?? null;
    } catch {
      return null;
    }
  }

  /** In a few words each; empty for unchanged samples. */
  problems(): string[] {
    const [mark] = this.#ahead;
    const seen = this.#tallying.sofar();
    if (this.#wrongSinceMs !== null)
      return [`the samples are not those that were written by ${timeOf(this.#wrongSinceMs)}`];
    if (mark !== undefined) {
      return [`the samples end before what was written by ${timeOf(mark.atMs)}`];
    }
    if (this.#seal === null || same(this.#seal.samples, seen)) return [];
    const { lines } = this.#seal.samples;
    return [
      lines === seen.lines
        ? "the samples are not those that were written"
        : `the samples are ${seen.lines} lines, and ${lines} were written`,
    ];
  }
}

function same(a: Tally, b: Tally): boolean {
  return a.hash === b.hash && a.bytes === b.bytes && a.lines === b.lines;
}

function timeOf(ms: number): string {
  return new Date(Math.min(Math.max(0, ms), 8.64e15)).toISOString();
}
