/**
 * Parses the CSV stream of k6 as it arrives and keeps only what is judged or shown. It has a dozen
 * lines per request, so an unneeded line is skipped after its first bytes.
 */
import { arrivalsOf, type Stage } from "../record/arrivals.ts";
import { SeawallError } from "../base/errors.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Harm } from "../target/harm.ts";
import { k6MetricNames, k6Metrics } from "../metrics/k6-metrics.ts";
import { metricIn, type Metric, type Registry } from "../metrics/metrics.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";
import { carries } from "../metrics/series.ts";
import { type Kind, kinds, metricName, recordedAs } from "./csv-metrics.ts";
import { fieldsOf, micros, tagsOf, userOf } from "./csv-fields.ts";
import type { LoadProgress } from "./generator.ts";
import type { SampleSink } from "../metrics/samples.ts";
import { dueIn, type Part, whole } from "./runners/part.ts";

const newline = 10,
  comma = 44,
  quote = 34;
/** The columns of k6 2.2 with `--system-tags status,scenario`. */
const header = "metric_name,timestamp,metric_value,scenario,status,extra_tags,metadata";
/**
 * Greatest number of distinct tag texts, because k6 writes the same tags in any order. Far above
 * what workloads use.
 */
const tagTextsMax = 50_000;
/**
 * A script's clock has a resolution of 1 ms, so a short iteration may appear to end before it
 * began.
 */
const roundedMs = 1;
/** Greatest length of a valid line. */
const lineBytesMax = 64 * 1024;

/**
 * Undeclared metrics are kept as well, up to this number: a script that makes up names would fill
 * the disk.
 */
const undeclaredMax = 100;

/** A kept line: its kind, its name in the stream, and the position of its timestamp. */
interface Known {
  readonly kind: Kind;
  readonly name: string;
  readonly from: number;
}

interface Target {
  readonly series: number;
  readonly lane: string;
  readonly status: string;
  readonly load: OneLoad;
  /** Whether a sample of the harm metric is good. */
  readonly isGood: boolean;
}

/** A load of the plan; its name is that of its scenario. */
export interface PlannedLoad {
  readonly name: string;
  readonly lane: string;
  readonly stages: readonly Stage[];
  /** The part of it that this generator makes; the whole if absent. */
  readonly part?: Part;
  /** Its script knows when each iteration is due, and says how late it is. */
  readonly isPaced?: boolean;
}

interface OneLoad extends PlannedLoad {
  /** When the next iteration is due, in ms after the scenario began. */
  readonly due: Iterator<number, void, void>;
  /**
   * The start of the schedule in ms after the scenario's: the minimum of each iteration's start
   * minus its due time.
   */
  readyMs: number;
}

/** The state of a virtual user: when its iteration began, and whether that has left a sample. */
interface Running {
  atMs: number;
  hasSample: boolean;
}

type Sample = Known & { readonly atMs: number; readonly value: number };

export class CsvParser {
  readonly #sink: SampleSink;
  readonly #metrics: Registry;
  readonly #harm: Harm | undefined;
  readonly #named: readonly {
    readonly bytes: Buffer;
    readonly name: string;
    readonly kind: Kind;
  }[];
  readonly #undeclared = new Set<string>();
  /** Those that the record has under a name of its own, and under k6's own for a claim. */
  readonly #also: ReadonlySet<string>;
  readonly #loads: ReadonlyMap<string, OneLoad>;
  readonly #targets = new Map<string, Target | string>();
  readonly #running = new Map<number, Running>();
  readonly #totals = { requests: 0, failed: 0, good: 0, shed: {} as Record<string, number> };
  #rest: Buffer = Buffer.alloc(0);
  #headerSeen = false;
  #inQuotes = false;
  #pending: { target: Target; atMs: number; durationMs: number } | null = null;
  #firstReason: string | null = null;
  /** The number of invalid lines; any makes the stream damaged. */
  badLines = 0;
  samples = 0;

  /**
   * `metrics`: the registry of the run. `asked`: the metrics that its claims use; of k6's own
   * metrics, no others are kept. `harm`: the harm metric, for the live line.
   */
  constructor(
    sink: SampleSink,
    loads: readonly PlannedLoad[],
    metrics: Registry,
    asked: readonly string[] = [],
    harm?: Harm,
  ) {
    this.#sink = sink;
    this.#metrics = metrics;
    this.#harm = harm;
    this.#also = new Set(asked.filter((name) => k6Metrics[name] && Object.hasOwn(kinds, name)));
    const passedOver = k6MetricNames.filter(
      (name) => !asked.includes(name) && !Object.hasOwn(kinds, name),
    );
    this.#named = [
      ...Object.entries(kinds),
      ...passedOver.map((name) => [name, "passedOver"] as const),
    ].map(([name, kind]) => ({ bytes: Buffer.from(`${name},`), name, kind }));
    this.#loads = new Map(
      loads.map((load) => [
        load.name,
        {
          ...load,
          due: dueIn(arrivalsOf(load.stages), load.part ?? whole),
          readyMs: Number.POSITIVE_INFINITY,
        },
      ]),
    );
  }

  get progress(): LoadProgress {
    return this.#totals;
  }

  /** The damage of the stream in one sentence; null if every line was valid. */
  get damage(): string | null {
    if (this.badLines === 0) return null;
    const lines = this.badLines === 1 ? "a damaged line" : `${this.badLines} damaged lines`;
    return `its stream held ${lines}${this.#firstReason === null ? "" : ` (${this.#firstReason})`}`;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    let quoteAt = bytes.indexOf(quote);
    for (;;) {
      const end = bytes.indexOf(newline, from);
      if (end < 0) break;
      if (quoteAt >= 0 && quoteAt < from) quoteAt = bytes.indexOf(quote, from);
      const hasQuotes = quoteAt >= 0 && quoteAt < end;
      if (!(hasQuotes || this.#inQuotes) || this.#isWhole(bytes, from, end))
        this.#line(bytes, from, end);
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
    if (this.#rest.length > lineBytesMax) {
      this.#bad("a line without an end");
      this.#rest = Buffer.alloc(0);
    }
  }

  /** Call this at the end of the stream. A last line without a line end was cut off. */
  end(): void {
    this.#flush();
    if (this.#rest.length > 0) this.#bad("its end was cut off");
  }

  /**
   * A quoted value may contain a line break (RFC 4180), so no part of such a record is parsed as a
   * line.
   */
  #isWhole(bytes: Buffer, from: number, end: number): boolean {
    let quotes = 0;
    for (
      let at = bytes.indexOf(quote, from);
      at >= 0 && at < end;
      at = bytes.indexOf(quote, at + 1)
    )
      quotes++;
    const isOdd = quotes % 2 === 1;
    const goesOn = this.#inQuotes;
    if (isOdd) this.#inQuotes = !goesOn;
    if (!goesOn && isOdd) this.#bad("a tag value holds a line break");
    return !goesOn && !isOdd;
  }

  #bad(reason: string): void {
    this.badLines++;
    this.#firstReason ??= reason;
  }

  #line(bytes: Buffer, from: number, end: number): void {
    if (!this.#headerSeen) {
      this.#header(bytes.toString("utf8", from, end));
      return;
    }
    const known = this.#kindOf(bytes, from, end);
    if (known === null) return;
    const valueFrom = bytes.indexOf(comma, known.from) + 1;
    const tagsFrom = bytes.indexOf(comma, valueFrom) + 1;
    const tagsEnd = bytes.lastIndexOf(comma, end - 1);
    if (valueFrom <= 0 || tagsFrom <= valueFrom + 1 || tagsFrom > end || tagsEnd < tagsFrom) {
      this.#bad("a line breaks off");
      return;
    }
    const atMs = micros(bytes, known.from, valueFrom - 1) / 1000;
    const parsed = Number(bytes.toString("latin1", valueFrom, tagsFrom - 1));
    const canBeNegative =
      known.kind === "own" && ["event", "gauge"].includes(this.#sampleKindOf(known.name));
    const value = parsed > -roundedMs && !canBeNegative ? Math.max(0, parsed) : parsed;
    if (!Number.isFinite(atMs) || !Number.isFinite(value) || (value < 0 && !canBeNegative)) {
      this.#bad(`${known.name} has an impossible time or value`);
      return;
    }
    const user = userOf(bytes, tagsEnd + 1, end);
    this.#sample(
      { ...known, atMs, value },
      bytes.toString("utf8", tagsFrom, tagsEnd),
      user ?? undefined,
    );
  }

  #header(line: string): void {
    if (line !== header) {
      throw new SeawallError(
        "GENERATOR_FAILED",
        `k6 writes columns that this version does not know: ${line.slice(0, 200)}`,
        { hint: "`seawall doctor` shows which k6 is used; it should be 2.2." },
      );
    }
    this.#headerSeen = true;
  }

  #sample(sample: Sample, tags: string, user: number | undefined): void {
    const { kind, atMs, value } = sample;
    // Requests of a script's setup or teardown belong to no load.
    if (tags.startsWith(",")) return;
    // Follows the duration of its own request. It contains the wait for a connection and its
    // set-up, which the duration excludes.
    if (kind === "blocked" && this.#pending !== null) this.#pending.durationMs += value;
    if (this.#also.has(sample.name) && kind !== "own")
      this.#sample({ ...sample, kind: "own" }, tags, user);
    if (kind === "blocked") return;
    this.#flush();
    const target = this.#targetOf(sample, tags);
    if (typeof target === "string") {
      this.#bad(target);
      return;
    }
    if (kind === "begun") {
      this.#begun(sample, target, user);
      return;
    }
    if (kind === "ended") {
      this.#ended(sample, target, user);
      return;
    }
    const running = user === undefined ? undefined : this.#running.get(user);
    if (running !== undefined) running.hasSample = true;
    if (kind === "dropped") for (let each = 0; each < value; each++) target.load.due.next();
    this.samples++;
    if (kind === "request") this.#pending = { target, atMs, durationMs: value };
    else this.#sink.sample(target.series, atMs, value);
    if (target.isGood) this.#totals.good++;
  }

  /**
   * An iteration is late if it begins after its turn. k6 does not number dropped iterations, so
   * both kinds count as turns.
   */
  #begun({ atMs, value: afterMs }: Sample, target: Target, user: number | undefined): void {
    if (user === undefined) {
      this.#bad("an iteration began without a virtual user");
      return;
    }
    this.#running.set(user, { atMs, hasSample: false });
    const { load } = target;
    if (load.isPaced === true) {
      this.#sink.sample(target.series, atMs, Math.round(afterMs));
      return;
    }
    const dueMs = load.due.next().value ?? afterMs;
    // k6 first initialises all virtual users of a scenario, 0.1 s for 700 of them. Its own schedule
    // begins after that.
    load.readyMs = Math.min(load.readyMs, afterMs - dueMs);
    this.#sink.sample(target.series, atMs, Math.max(0, Math.round(afterMs - dueMs - load.readyMs)));
  }

  #ended({ atMs, value }: Sample, { load, lane }: Target, user: number | undefined): void {
    const running = user === undefined ? undefined : this.#running.get(user);
    if (user === undefined || running === undefined) {
      this.#bad("an iteration ended that never began");
      return;
    }
    this.#running.delete(user);
    const outcome = value > 0 ? "threw" : running.hasSample ? "ended" : "silent";
    const series = this.#sink.series({
      metric: "iteration_ms",
      kind: "duration",
      tags: { lane, load: load.name, outcome },
    });
    this.#sink.sample(series, atMs, Math.max(0, atMs - running.atMs));
  }

  #flush(): void {
    if (this.#pending === null) return;
    const { target, atMs, durationMs } = this.#pending;
    this.#pending = null;
    this.#sink.sample(target.series, atMs, durationMs);
    this.#totals.requests++;
    if (target.status === "503")
      this.#totals.shed[target.lane] = (this.#totals.shed[target.lane] ?? 0) + 1;
    else if (!/^[23]/.test(target.status)) this.#totals.failed++;
  }

  /** The destination of a sample, or the reason why it is unknown. */
  #targetOf({ kind, name }: Known, text: string): Target | string {
    const key = `${kind} ${name} ${text}`;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    if (this.#targets.size >= tagTextsMax)
      throw new SeawallError(
        "GENERATOR_FAILED",
        "the workload creates a new tag value for nearly every sample",
        { hint: "Tag values must come from a small set." },
      );
    const target = this.#register(kind, name, text);
    this.#targets.set(key, target);
    return target;
  }

  #register(kind: Kind, name: string, text: string): Target | string {
    const [scenario = "", status = "", extra = "", ...more] = fieldsOf(text);
    const load = this.#loads.get(scenario);
    if (load === undefined || more.length > 0) return `${name} belongs to no load of the plan`;
    const metric = recordedAs[kind as keyof typeof recordedAs] ?? name;
    const declared = metricIn(this.#metrics, metric);
    if (declared === undefined && !this.#undeclared.has(metric)) {
      if (this.#undeclared.size >= undeclaredMax)
        return `more than ${undeclaredMax} undeclared metrics, such as ${metric.slice(0, 40)}`;
      this.#undeclared.add(metric);
    }
    // A script must not speak for the prober or the harness.
    const { source = "generator" } = metricIn(ownMetrics, metric) ?? {};
    if (source !== "generator") return `${metric} is a metric of the ${source}, not of a script`;
    const own = tagsOf(extra, metric, declared);
    if (typeof own === "string") return own;
    const lane = own["lane"] ?? load.lane;
    const tags: Record<string, string> = { ...own, lane, load: load.name };
    if (kind === "request" || (kind === "own" && status !== "")) tags["status"] = status;
    if (metric === "start_late_ms") tags["of"] = kind === "begun" ? "iteration" : "request";
    if (metric === "dropped_iterations")
      tags["why"] = kind === "dropped" ? "nobodyFree" : "tooLate";
    const target = { lane, status, load, isGood: isGood(this.#harm, metric, tags) };
    if (kind === "ended") return { ...target, series: -1 };
    return {
      ...target,
      series: this.#sink.series({ metric, kind: this.#sampleKindOf(metric), tags }),
    };
  }

  /**
   * An undeclared metric is recorded as an event, because k6's stream does not contain its kind.
   */
  #sampleKindOf(metric: string): Metric["kind"] {
    return metricIn(this.#metrics, metric)?.kind ?? "event";
  }

  /** The metric of the line and the position of its timestamp; null for skipped metrics. */
  #kindOf(bytes: Buffer, from: number, end: number): Known | null {
    for (const { bytes: start, name, kind } of this.#named) {
      const last = start.length - 1;
      if (
        bytes[from + last] === comma &&
        bytes[from] === start[0] &&
        bytes.compare(start, 0, last, from, from + last) === 0
      ) {
        return kind === "passedOver" ? null : { kind, name, from: from + start.length };
      }
    }
    const nameEnd = bytes.indexOf(comma, from);
    if (nameEnd < 0 || nameEnd > end) return null;
    const name = bytes.toString("latin1", from, nameEnd);
    return metricName.test(name) ? { kind: "own", name, from: nameEnd + 1 } : null;
  }
}

function isGood(harm: Harm | undefined, metric: string, tags: Tags): boolean {
  return (
    harm !== undefined &&
    harm.metric === metric &&
    tags["lane"] === harm.classes[0]?.lane &&
    carries(tags, harm.having)
  );
}
