/**
 * Parses the Prometheus text format. Counters become increments since the previous reading, also
 * across restarts.
 */
import type { SampleSink } from "../metrics/samples.ts";
import type { Unlisted } from "./unlisted.ts";

export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Time of measurement in epoch ms, if the line contains it. */
  readonly atMs?: number;
}

const line = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+(-?\d+))?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Parsed line heads, up to the value; null for an unneeded line. */
export type Heads = Map<string, Omit<ExposedSample, "value" | "atMs"> | null>;

/** A service that creates a new label per line would fill the memory. */
const headsMax = 20_000;

/**
 * Parses samples of the text exposition format 0.0.4; comments and invalid lines are skipped.
 * `heads` caches the parsed heads of the same service's earlier answers with the same `selected`,
 * because most lines change only in their value. `unlisted` decides on other series.
 */
export function parseExposition(
  text: string,
  selected: ReadonlySet<string>,
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
        ? parseLine(raw, start, selected, heads, unlisted)
        : { ...known, value: Number(raw.slice(valueFrom)) };
    if (sample !== null && Number.isFinite(sample.value)) samples.push(sample);
  }
  return samples;
}

/** A timestamp after the value makes each line unique, so the head of such a line is not cached. */
function parseLine(
  raw: string,
  start: string,
  selected: ReadonlySet<string>,
  heads: Heads,
  unlisted: Unlisted | undefined,
): ExposedSample | null {
  const [, name = "", labelText = "", value, atMs] = line.exec(raw) ?? [];
  if (value === undefined) return null;
  const isKept = selected.has(name) || unlisted?.keeps(name, labelText) === true;
  const head = isKept ? { name, labels: labelsOf(labelText) } : null;
  if (start + value === raw) heads.set(start, head);
  if (head === null) return null;
  return { ...head, value: Number(value), ...(atMs === undefined ? {} : { atMs: Number(atMs) }) };
}

/** Whether two answers differ in more than comments and timestamps. */
export function differs(text: string, before: string): boolean {
  if (text === before) return false;
  return [text, before].some((one) => /\s\d{10,}\s*$/m.test(one))
    ? untimed(text) !== untimed(before)
    : true;
}

function untimed(text: string): string {
  return text
    .split("\n")
    .filter((one) => !one.startsWith("#"))
    .map((one) => one.replace(/^([^\s{]+(?:\{.*\})?\s+\S+)\s+-?\d+\s*$/, "$1"))
    .join("\n");
}

/**
 * The labels of what a service says. Its own label `service` becomes `exported_service`, as in
 * Prometheus.
 */
export function labelsFrom(
  service: string,
  { service: other, ...labels }: ExposedSample["labels"],
): ExposedSample["labels"] {
  return { ...labels, ...(other === undefined ? {} : { exported_service: other }), service };
}

/** A sample that was measured this long before the reading is stale. */
const staleMs = 10_000;

/**
 * The samples of an answer that describe the service itself at this moment. Stale lines are
 * omitted, such as the last value of a dead process that is passed on. So are duplicate lines of
 * one series, because it is unknown which counts.
 */
export function ownSamples(
  all: readonly ExposedSample[],
  service: string,
  nowMs: number,
): readonly ExposedSample[] {
  const fresh = all.filter(({ atMs = nowMs }) => nowMs - atMs <= staleMs);
  const named = fresh.map((sample) => ({ ...sample, labels: labelsFrom(service, sample.labels) }));
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
 * The series in which a service reports its start time:
 * https://prometheus.io/docs/instrumenting/writing_clientlibs
 */
export const startTimeSeries = "process_start_time_seconds";

/**
 * Remembers the last reading of each counter. A counter restarts at zero when its service restarts:
 * its life changes, whatever value it has reached since, or its value has decreased.
 */
export class Increments {
  readonly #sink: SampleSink;
  readonly #last = new Map<string, { readonly value: number; readonly life: string }>();
  /** Cached ids of the sink, whose lookup is slow. */
  readonly #series = new Map<string, number>();
  #startsAtZero: boolean;

  /** `startsAtZero`: whether a counter that was never read before counts from zero. */
  constructor(sink: SampleSink, startsAtZero: boolean) {
    this.#sink = sink;
    this.#startsAtZero = startsAtZero;
  }

  /**
   * Counts during the target's start are excluded; a counter that first appears later began during
   * the run.
   */
  fromZeroNow(): void {
    this.#startsAtZero = true;
  }

  /** `life` changes with each start of the counting process; empty if unknown. */
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
