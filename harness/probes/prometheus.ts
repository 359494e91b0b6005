/** Reads Prometheus text; counters become increments since the last reading, so that a restarted service does not count backwards. */
import type { SampleSink } from "../core/ports.ts";

export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Samples of the text exposition format 0.0.4; comments and lines that are not samples are passed over. */
export function parseExposition(text: string, wanted: ReadonlySet<string>): ExposedSample[] {
  const samples: ExposedSample[] = [];
  for (const untrimmed of text.split("\n")) {
    const raw = untrimmed.trim();
    if (raw === "" || raw[0] === "#") continue;
    const match = line.exec(raw);
    if (match === null || !wanted.has(match[1] as string)) continue;
    const labels = Object.fromEntries([...(match[2] ?? "").matchAll(label)].map((pair) => [pair[1] as string, (pair[2] as string).replace(/\\[n"\\]/g, (escaped) => escapes[escaped] ?? escaped)]));
    const value = Number(match[3]);
    if (Number.isFinite(value)) samples.push({ name: match[1] as string, labels, value });
  }
  return samples;
}

/** Remembers the last reading of each counter. A smaller value than before means that the counter began again at zero. */
export class Increments {
  readonly #sink: SampleSink;
  readonly #last = new Map<string, number>();
  #startsAtZero: boolean;

  /** `startsAtZero`: whether a counter that was never seen before counts from zero. */
  constructor(sink: SampleSink, startsAtZero: boolean) {
    this.#sink = sink;
    this.#startsAtZero = startsAtZero;
  }

  /** What a target counted while it started is its history; a counter that first shows after that began in the run. */
  fromZeroNow(): void {
    this.#startsAtZero = true;
  }

  read(metric: string, tags: Readonly<Record<string, string>>, atMs: number, value: number): void {
    const key = JSON.stringify([metric, tags]);
    const last = this.#last.get(key);
    this.#last.set(key, value);
    if (last === undefined && !this.#startsAtZero) return;
    const increment = last === undefined || value < last ? value : value - last;
    this.#sink.sample(this.#sink.series({ metric, kind: "increment", tags }), atMs, increment);
  }
}
