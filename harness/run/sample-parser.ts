/**
 * Parses the samples of a run from bytes, without a string per line: a run may contain tens of
 * millions.
 */
import type { SampleKind, SeriesData } from "../metrics/samples.ts";
import type { Tags } from "../metrics/tags.ts";

const newline = 10,
  bang = 33,
  hash = 35,
  comma = 44,
  dot = 46,
  zero = 48,
  nine = 57;

const kinds: readonly SampleKind[] = ["duration", "increment", "gauge", "event"];

class Column {
  values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      // Grows by a quarter: doubling at the end of a long run would take as much memory as another
      // run.
      const larger = new Float64Array(Math.ceil(this.length * (this.length < 65_536 ? 4 : 1.25)));
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }
}

interface Growing {
  readonly metric: string;
  readonly kind: SampleKind;
  readonly tags: Readonly<Record<string, string>>;
  readonly at: Column;
  readonly value: Column;
}

export class SampleParser {
  readonly #series: Growing[] = [];
  readonly #tagsOf: (tags: Tags) => Tags;
  #rest: Buffer = Buffer.alloc(0);
  #bad = 0;
  #isFirst = true;

  /** `tagsOf`: converts the tags of an older record. */
  constructor(tagsOf: (tags: Tags) => Tags = (tags) => tags) {
    this.#tagsOf = tagsOf;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const whole = bytes.lastIndexOf(newline) + 1;
    let from = 0;
    while (from < whole) {
      const next = this.#isFirst ? this.#headless(bytes, from) : this.#plain(bytes, from);
      this.#isFirst = false;
      if (next > 0) {
        from = next;
        continue;
      }
      const end = bytes.indexOf(newline, from);
      if (bytes[from] === hash) this.#define(bytes.toString("utf8", from + 1, end));
      else this.#sample(bytes, from, end);
      from = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(from));
  }

  /**
   * Skips the head line, which is parsed elsewhere. Returns the start of the next line, or 0
   * without a head line.
   */
  #headless(bytes: Buffer, from: number): number {
    return bytes[from] === hash && bytes[from + 1] === bang ? bytes.indexOf(newline, from) + 1 : 0;
  }

  /**
   * Fast path for nearly every line: three plain numbers with few digits, in one pass. Returns the
   * start of the next line, or 0 for a line that needs the slow path. The caller has checked that a
   * line end follows.
   */
  #plain(bytes: Buffer, from: number): number {
    let at = from,
      byte = bytes[at] as number,
      id = 0,
      atUs = 0,
      whole = 0,
      scale = 0;
    for (; byte >= zero && byte <= nine; byte = bytes[++at] as number) id = id * 10 + byte - zero;
    if (byte !== comma || at === from) return 0;
    const second = ++at;
    for (byte = bytes[at] as number; byte >= zero && byte <= nine; byte = bytes[++at] as number)
      atUs = atUs * 10 + byte - zero;
    if (byte !== comma || at === second) return 0;
    const third = ++at;
    for (byte = bytes[at] as number; byte !== newline; byte = bytes[++at] as number) {
      if (byte === dot && scale === 0) scale = 1;
      else if (byte < zero || byte > nine) return 0;
      else {
        whole = whole * 10 + byte - zero;
        if (scale > 0) scale *= 10;
      }
    }
    const series = this.#series[id];
    if (series === undefined || at === third || at - third > 15 || scale === 1) return 0;
    series.at.push(atUs / 1000);
    series.value.push(scale > 1 ? whole / scale : whole);
    return at + 1;
  }

  /**
   * The series in the order of their definition. A last line without an end was torn and is
   * omitted.
   */
  finish(damage: string[]): SeriesData[] {
    if (this.#rest.length > 0) damage.push("the last sample is cut off");
    if (this.#bad > 0) damage.push(`${this.#bad} damaged lines among the samples`);
    return this.#series.map(({ metric, kind, tags, at, value }) => ({
      metric,
      kind,
      tags,
      atMs: at.values.subarray(0, at.length),
      values: value.values.subarray(0, value.length),
    }));
  }

  #define(line: string): void {
    try {
      const space = line.indexOf(" ");
      const { metric, kind, tags } = JSON.parse(line.slice(space + 1)) as Growing;
      if (
        Number(line.slice(0, space)) !== this.#series.length ||
        typeof metric !== "string" ||
        !kinds.includes(kind)
      )
        throw new Error("out of order");
      if (
        typeof tags !== "object" ||
        tags === null ||
        !Object.values(tags).every((tag) => typeof tag === "string")
      )
        throw new Error("no tags");
      this.#series.push({
        metric,
        kind,
        tags: this.#tagsOf(tags),
        at: new Column(),
        value: new Column(),
      });
    } catch {
      this.#bad++;
    }
  }

  #sample(bytes: Buffer, from: number, end: number): void {
    const first = bytes.indexOf(comma, from);
    const second = bytes.indexOf(comma, first + 1);
    const series =
      first > from && second > first && second < end
        ? this.#series[digits(bytes, from, first)]
        : undefined;
    const atUs = digits(bytes, first + 1, second);
    const value = decimal(bytes, second + 1, end);
    if (series === undefined || !Number.isFinite(atUs) || !Number.isFinite(value)) {
      this.#bad++;
      return;
    }
    series.at.push(atUs / 1000);
    series.value.push(value);
  }
}

function digits(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  if (from >= end) return Number.NaN;
  for (let i = from; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte < zero || byte > nine) return Number.NaN;
    value = value * 10 + (byte - zero);
  }
  return value;
}

/** Parses plain decimals exactly up to 15 digits; all others with the language's own parser. */
function decimal(bytes: Buffer, from: number, end: number): number {
  if (from >= end) return Number.NaN;
  let whole = 0,
    scale = 0;
  if (end - from <= 15) {
    for (let i = from; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === dot && scale === 0) scale = 1;
      else if (byte < zero || byte > nine) return Number(bytes.toString("latin1", from, end));
      else {
        whole = whole * 10 + (byte - zero);
        if (scale > 0) scale *= 10;
      }
    }
    if (scale === 1 && end - from === 1) return Number.NaN;
    return scale > 1 ? whole / scale : whole;
  }
  return Number(bytes.toString("latin1", from, end));
}
