/**
 * Parses k6's CSV stream as it arrives and hands on only what is judged or shown. k6 writes a dozen lines for each request, so a line
 * that nobody needs is passed over after a look at its first bytes.
 */
import { SeawallError } from "../core/errors.ts";
import type { LoadProgress, SampleSink } from "../core/ports.ts";

const newline = 10, comma = 44;
/** The columns that k6 2.2 writes with `--system-tags status,scenario`. */
const header = "metric_name,timestamp,metric_value,scenario,status,extra_tags,metadata";
/** Distinct tag texts: k6 writes the same tags in any order. Far above what workloads use; a bound all the same. */
const tagTextsMax = 50_000;
/** The longest line that k6 could mean. */
const lineBytesMax = 64 * 1024;

type Kind = "request" | "blocked" | "viewer" | "late" | "dropped";
const kinds: Readonly<Record<string, Kind>> = {
  http_req_duration: "request", http_req_blocked: "blocked", segment_ms: "viewer", start_ms: "viewer", batch_ms: "viewer", broadcast_ms: "viewer", start_late_ms: "late", dropped_iterations: "dropped", unasked_iterations: "dropped",
};
const named = Object.entries(kinds).map(([name, kind]) => ({ bytes: Buffer.from(`${name},`), name, kind }));

/** A line of a metric that is kept: what it is, its name in the stream, and where its timestamp begins. */
interface Known { readonly kind: Kind; readonly name: string; readonly from: number }

interface Target { readonly series: number; readonly lane: string; readonly status: string; readonly outcome: string }

export class CsvParser {
  readonly #sink: SampleSink;
  readonly #laneOfScenario: Readonly<Record<string, string>>;
  readonly #targets = new Map<string, Target>();
  readonly #totals = { requests: 0, failed: 0, liveServed: 0, shed: {} as Record<string, number> };
  #rest: Buffer = Buffer.alloc(0);
  #headerSeen = false;
  #pending: { target: Target; atMs: number; durationMs: number } | null = null;
  /** Lines that could not be understood; a stream with any is damaged. */
  badLines = 0;
  samples = 0;

  constructor(sink: SampleSink, laneOfScenario: Readonly<Record<string, string>>) {
    this.#sink = sink;
    this.#laneOfScenario = laneOfScenario;
  }

  get progress(): LoadProgress {
    return this.#totals;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(newline, from);
      if (end < 0) break;
      this.#line(bytes, from, end);
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
    if (this.#rest.length > lineBytesMax) {
      this.badLines++;
      this.#rest = Buffer.alloc(0);
    }
  }

  /** Call when the stream has ended. A last line without its end was cut off. */
  end(): void {
    this.#flush();
    if (this.#rest.length > 0) this.badLines++;
  }

  #line(bytes: Buffer, from: number, end: number): void {
    if (!this.#headerSeen) {
      this.#header(bytes.toString("utf8", from, end));
      return;
    }
    const known = kindOf(bytes, from);
    if (known === null) return;
    const valueFrom = bytes.indexOf(comma, known.from) + 1;
    const tagsFrom = bytes.indexOf(comma, valueFrom) + 1;
    if (valueFrom <= 0 || tagsFrom <= valueFrom + 1 || tagsFrom > end) {
      this.badLines++;
      return;
    }
    const atMs = micros(bytes, known.from, valueFrom - 1) / 1000;
    const value = Number(bytes.toString("latin1", valueFrom, tagsFrom - 1));
    if (!Number.isFinite(atMs) || !Number.isFinite(value)) {
      this.badLines++;
      return;
    }
    this.#sample(known, atMs, value, bytes.toString("utf8", tagsFrom, end));
  }

  #header(line: string): void {
    if (line !== header) {
      throw new SeawallError("GENERATOR_FAILED", `k6 writes columns that this version does not know: ${line.slice(0, 200)}`, { hint: "`seawall doctor` shows which k6 is used; it should be 2.2." });
    }
    this.#headerSeen = true;
  }

  #sample({ kind, name }: Known, atMs: number, value: number, tags: string): void {
    if (kind === "blocked") {
      // Follows its own request's duration. It holds the wait for a connection and the making of one, which the duration leaves out.
      if (this.#pending !== null) this.#pending.durationMs += value;
      return;
    }
    this.#flush();
    const target = this.#targetOf(kind, name, tags);
    this.samples++;
    if (kind === "request") this.#pending = { target, atMs, durationMs: value };
    else this.#sink.sample(target.series, atMs, value);
    if (kind === "viewer" && target.lane === "live" && target.outcome === "served") this.#totals.liveServed++;
  }

  #flush(): void {
    if (this.#pending === null) return;
    const { target, atMs, durationMs } = this.#pending;
    this.#pending = null;
    this.#sink.sample(target.series, atMs, durationMs);
    this.#totals.requests++;
    if (target.status === "503") this.#totals.shed[target.lane] = (this.#totals.shed[target.lane] ?? 0) + 1;
    else if (target.status !== "200") this.#totals.failed++;
  }

  #targetOf(kind: Kind, name: string, text: string): Target {
    const key = name + text;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    if (this.#targets.size >= tagTextsMax) throw new SeawallError("GENERATOR_FAILED", "the workload makes a new tag value for nearly every sample", { hint: "Tag values must come from a small set." });
    const target = this.#register(kind, name, text);
    this.#targets.set(key, target);
    return target;
  }

  #register(kind: Kind, name: string, text: string): Target {
    const [scenario = "", status = "", extra = ""] = fieldsOf(text);
    const own = tagsOf(extra);
    const lane = own["lane"] ?? this.#laneOfScenario[scenario] ?? "junk";
    const tags: Record<string, string> = { ...own, lane };
    if (kind === "request") tags["status"] = status;
    const metric = { request: "http_req_ms", viewer: name, late: "start_late_ms", dropped: "dropped_iterations" }[kind as Exclude<Kind, "blocked">];
    return { series: this.#sink.series({ metric, kind: kind === "dropped" ? "increment" : "duration", tags }), lane, status, outcome: own["outcome"] ?? "" };
  }
}

/** The fields of a line of CSV; one that holds a comma or a quote is quoted (RFC 4180). */
function fieldsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "");
}

/** `lane=live&edge=region-a/edge`: k6 joins tags as they are, without escapes, in any order. */
function tagsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split("&").filter((pair) => pair.includes("=")).map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** Which metric the line is of, and where its timestamp begins; null for those that are passed over. */
function kindOf(bytes: Buffer, from: number): Known | null {
  for (const { bytes: start, name, kind } of named) {
    if (bytes[from + 5] === start[5] && bytes[from] === start[0] && bytes.compare(start, 0, start.length, from, Math.min(bytes.length, from + start.length)) === 0) {
      return { kind, name, from: from + start.length };
    }
  }
  return null;
}

function micros(bytes: Buffer, from: number, end: number): number {
  let value = 0;
  if (end <= from) return Number.NaN;
  for (let i = from; i < end; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
