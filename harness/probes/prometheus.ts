/**
 * Reads Prometheus text; counters become increments since the last reading, also across restarts.
 */
import type { SampleSink } from "../metrics/samples.ts";
import type { Unlisted } from "./unlisted.ts";

export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** When it was measured, in epoch ms, where the line says so. */
  readonly atMs?: number;
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+(-?\d+))?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Lines up to their value, as they were understood: null for one that nobody wants. */
export type Heads = Map<string, Omit<ExposedSample, "value" | "atMs"> | null>;

/** A service that makes up a new label for each line would fill the memory. */
const headsMax = 20_000;

/**
 * Samples of the text exposition format 0.0.4; comments and lines that are not samples are passed
 * over. `heads`: what was made of the same service's earlier answers with the same `wanted`, since
 * most lines differ from those of the last reading in their value alone. `unlisted` decides on series
 * that are not wanted by name.
 */
export function parseExposition(
  text: string,
  wanted: ReadonlySet<string>,
  heads: Heads = new Map(),
  unlisted?: Unlisted,
): ExposedSample[] {
  if (heads.size > headsMax) heads.clear();
  const samples: ExposedSample[] = [];
  for (const untrimmed of text.split("\n")) {
    const raw = untrimmed.trim();
    if (raw === "" || raw[0] === "#") continue;
    const valueFrom = raw.lastIndexOf(" ") + 1;
    const start = raw.slice(0, valueFrom);
    const known = heads.get(start);
    if (known === null) continue;
    const sample =
      known === undefined
        ? parseLine(raw, start, wanted, heads, unlisted)
        : { ...known, value: Number(raw.slice(valueFrom)) };
    if (sample !== null && Number.isFinite(sample.value)) samples.push(sample);
  }
  return samples;
}

/**
 * Behind the value there may be a time, which makes each line another one: such a line's start is
 * not kept.
 */
function parseLine(
  raw: string,
  start: string,
  wanted: ReadonlySet<string>,
  heads: Heads,
  unlisted: Unlisted | undefined,
): ExposedSample | null {
  const [, name = "", labelText = "", value, atMs] = line.exec(raw) ?? [];
  if (value === undefined) return null;
  const isKept = wanted.has(name) || unlisted?.keeps(name, labelText) === true;
  const head = isKept ? { name, labels: labelsOf(labelText) } : null;
  if (start + value === raw) heads.set(start, head);
  if (head === null) return null;
  return { ...head, value: Number(value), ...(atMs === undefined ? {} : { atMs: Number(atMs) }) };
}

/** What was measured so long before it was read is another moment's. */
const staleMs = 10_000;

/**
 * What of an answer speaks of the service that gave it, and of the moment at which it did. A label
 * `service` of its own becomes `exported_service`, as Prometheus has it. A line that was measured
 * long ago is left out, such as the last word of something dead that is handed on; and so are two
 * lines of one series, of which nobody knows which counts.
 */
export function ownSamples(
  all: readonly ExposedSample[],
  service: string,
  nowMs: number,
): readonly ExposedSample[] {
  const fresh = all.filter(({ atMs = nowMs }) => nowMs - atMs <= staleMs);
  const named = fresh.map(({ labels: { service: other, ...labels }, ...sample }) => ({
    ...sample,
    labels: { ...labels, ...(other === undefined ? {} : { exported_service: other }), service },
  }));
  const times = new Map<string, number>();
  const keys = named.map(({ name, labels }) =>
    JSON.stringify([name, Object.entries(labels).sort()]),
  );
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1);
  return named.filter((_, index) => times.get(keys[index] as string) === 1);
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(label)].map((pair) => [
      pair[1] as string,
      (pair[2] as string).replace(/\\[n"\\]/g, (escaped) => escapes[escaped] ?? escaped),
    ]),
  );
}

/**
 * The series in which a service itself tells when it was started:
 * https://prometheus.io/docs/instrumenting/writing_clientlibs
 */
export const startTimeSeries = "process_start_time_seconds";

/**
 * Remembers the last reading of each counter. A counter begins again at zero when its service was
 * started again, which its life shows, whatever it has reached since; and when its value is smaller
 * than before.
 */
export class Increments {
  readonly #sink: SampleSink;
  readonly #last = new Map<string, { readonly value: number; readonly life: string }>();
  /** Of the sink, which takes its time to find them. */
  readonly #series = new Map<string, number>();
  #startsAtZero: boolean;

  /** `startsAtZero`: whether a counter that was never seen before counts from zero. */
  constructor(sink: SampleSink, startsAtZero: boolean) {
    this.#sink = sink;
    this.#startsAtZero = startsAtZero;
  }

  /**
   * What a target counted while it started is its history; a counter that first shows after that
   * began in the run.
   */
  fromZeroNow(): void {
    this.#startsAtZero = true;
  }

  /** `life` is another one after each start of what counts; empty where nobody can tell. */
  read(
    metric: string,
    tags: Readonly<Record<string, string>>,
    atMs: number,
    value: number,
    life = "",
  ): void {
    const key = JSON.stringify([metric, tags]);
    const last = this.#last.get(key);
    this.#last.set(key, { value, life });
    if (last === undefined && !this.#startsAtZero) return;
    const isNew = last === undefined || last.life !== life || value < last.value;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = this.#sink.series({ metric, kind: "increment", tags });
      this.#series.set(key, series);
    }
    this.#sink.sample(series, atMs, isNew ? value : value - last.value);
  }
}
