import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Registry } from "../metrics/metrics.ts";
import type { Series } from "../metrics/samples.ts";
import { everyMetric } from "../../test/support/judge/held-run.ts";
import { k6Metrics } from "../metrics/k6-metrics.ts";
import { metricsMadeIn } from "../plan/workload-metrics.ts";
import { harm } from "../../targets/live-streaming/pack/harm.ts";
import { CsvParser, type PlannedLoad } from "./csv.ts";

const header = "metric_name,timestamp,metric_value,scenario,status,extra_tags,metadata";
/**
 * Output of k6 2.2.0 for two scenarios, shortened: tags in any order, unusual characters, a request
 * without an answer.
 */
const excerpt = `${header}
http_reqs,1795276793798698,1.000000,dvr-far,200,"kind=a+b %41 c,d ""q"" é&entry=region-b/cdn",
http_req_duration,1795276793798698,73.869006,dvr-far,200,"kind=a+b %41 c,d ""q"" é&entry=region-b/cdn",
http_req_blocked,1795276793798698,0.182010,dvr-far,200,"kind=a+b %41 c,d ""q"" é&entry=region-b/cdn",
http_req_connecting,1795276793798698,0.120973,dvr-far,200,"kind=a+b %41 c,d ""q"" é&entry=region-b/cdn",
http_req_tls_handshaking,1795276793798698,0.000000,dvr-far,200,"kind=a+b %41 c,d ""q"" é&entry=region-b/cdn",
http_req_failed,1795276793798698,0.000000,dvr-far,200,"kind=a+b %41 c,d ""q"" é&entry=region-b/cdn",
segment_ms,1795276793798949,3.000000,dvr-far,,rendition=a=b&outcome=served,
data_sent,1795276793798959,72.000000,dvr-far,,,
iterations,1795276793798959,1.000000,dvr-far,,,
start_late_ms,1795276793824972,0.500000,live,,lane=live,
http_reqs,1795276793827772,1.000000,live,200,lane=live&entry=region-a/cdn,
http_req_duration,1795276793827772,1.906359,live,200,entry=region-a/cdn&lane=live,
http_req_blocked,1795276793827772,0.781611,live,200,lane=live&entry=region-a/cdn,
http_req_connecting,1795276793827772,0.680418,live,200,lane=live&entry=region-a/cdn,
http_req_duration,1795276793927632,2.396681,live,200,lane=live&entry=region-a/cdn,
http_req_blocked,1795276793927632,0.207572,live,200,lane=live&entry=region-a/cdn,
segment_ms,1795276793978075,154.000000,live,,lane=live&entry=region-a/cdn&rendition=v720&outcome=served,
segment_ms,1795276794078060,153.000000,live,,outcome=served&lane=live&entry=region-a/cdn&rendition=v720,
http_req_duration,1795276794126902,2.639162,live,503,lane=live&entry=region-a/cdn,
http_req_blocked,1795276794126902,0.008609,live,503,lane=live&entry=region-a/cdn,
dropped_iterations,1795276794757964,1.000000,live,,,
dropped_iterations,1795276794824927,1.000000,live,,,
http_req_duration,1795276795000000,0.000000,live,0,lane=live&entry=region-a/cdn,
http_req_blocked,1795276795000000,0.000000,live,0,lane=live&entry=region-a/cdn,
segment_ms,1795276795810554,152.000000,live,,lane=live&entry=region-a/cdn&rendition=v720&outcome=lost,
`;
const stages: PlannedLoad["stages"] = [{ untilMs: 10_000, perSecond: 10 }];
const loads: readonly PlannedLoad[] = [
  { name: "live", lane: "live", stages },
  { name: "dvr-far", lane: "dvr", stages },
];

interface Parsed {
  readonly samples: readonly (Series & { readonly atMs: number; readonly value: number })[];
  readonly series: number;
  readonly bad: number;
  readonly count: number;
  readonly progress: unknown;
}

function parse(
  text: string | Buffer,
  cuts: readonly number[] = [],
  metrics: Registry = everyMetric,
  asked: readonly string[] = [],
): Parsed {
  const all: Series[] = [];
  const samples: (Series & { atMs: number; value: number })[] = [];
  const parser = new CsvParser(
    {
      // As in the recorder, the order of tags does not distinguish series.
      series: (series) => {
        const tags = Object.fromEntries(
          Object.entries(series.tags).sort(([a], [b]) => (a < b ? -1 : 1)),
        );
        const known = all.findIndex(
          (one) => JSON.stringify(one) === JSON.stringify({ ...series, tags }),
        );
        return known >= 0 ? known : all.push({ ...series, tags }) - 1;
      },
      sample: (id, atMs, value) => {
        const series = all[id];
        if (series !== undefined) samples.push({ ...series, atMs, value });
      },
    },
    loads,
    metrics,
    asked,
    harm,
  );
  const bytes = Buffer.from(text);
  let from = 0;
  for (const end of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  )) {
    parser.push(bytes.subarray(from, end));
    from = end;
  }
  parser.end();
  return {
    samples,
    series: all.length,
    bad: parser.badLines,
    count: parser.samples,
    progress: parser.progress,
  };
}

const after = (...lines: readonly string[]): Parsed => parse(`${[header, ...lines].join("\n")}\n`);
const of = (parsed: Parsed, metric: string): Parsed["samples"] =>
  parsed.samples.filter((sample) => sample.metric === metric);

describe("k6's stream", () => {
  const whole = parse(excerpt);

  it("yields requests, viewers, lateness and drops, and skips the rest", () => {
    expect(whole.bad).toBe(0);
    expect(whole.count).toBe(12);
    expect(whole.samples.map((sample) => sample.metric).sort()).toEqual([
      ...Array<string>(2).fill("dropped_iterations"),
      ...Array<string>(5).fill("http_req_ms"),
      ...Array<string>(4).fill("segment_ms"),
      "start_late_ms",
    ]);
  });

  it("adds the connection wait to its own request, which then began earlier", () => {
    const [, first, second] = of(whole, "http_req_ms");
    expect(first).toMatchObject({
      kind: "duration",
      tags: { lane: "live", status: "200", entry: "region-a/cdn" },
      atMs: 1795276793827.772,
    });
    expect(first?.value).toBeCloseTo(1.906359 + 0.781611, 9);
    expect(second?.value).toBeCloseTo(2.396681 + 0.207572, 9);
  });

  it("accepts tags of one series in any order", () => {
    expect(
      of(whole, "segment_ms")
        .filter((sample) => sample.value > 150 && sample.tags["outcome"] === "served")
        .map((sample) => sample.tags),
    ).toEqual(
      Array(2).fill({
        lane: "live",
        load: "live",
        entry: "region-a/cdn",
        rendition: "v720",
        outcome: "served",
      }),
    );
    // Live requests by status 200, 503 and 0, the far one, three kinds of viewers, lateness and
    // drops.
    expect(whole.series).toBe(4 + 3 + 1 + 1);
  });

  it("parses tags as k6 writes them: unescaped, quoted if they contain a comma", () => {
    expect(of(whole, "http_req_ms")[0]?.tags).toEqual({
      lane: "dvr",
      status: "200",
      entry: "region-b/cdn",
      load: "dvr-far",
      kind: 'a+b %41 c,d "q" é',
    });
    expect(of(whole, "segment_ms")[0]?.tags).toEqual({
      lane: "dvr",
      load: "dvr-far",
      rendition: "a=b",
      outcome: "served",
    });
  });

  it("derives a missing lane from the scenario", () => {
    expect(
      of(whole, "dropped_iterations").map((sample) => [sample.kind, sample.tags, sample.value]),
    ).toEqual(Array(2).fill(["increment", { lane: "live", load: "live", why: "nobodyFree" }, 1]));
    for (const metric of ["start_ms", "batch_ms", "broadcast_ms"]) {
      expect(after(`${metric},1000000,3.0,live,,lane=start&outcome=served,`).samples).toMatchObject(
        [
          {
            metric,
            kind: "duration",
            tags: { lane: "start", load: "live", outcome: "served" },
            value: 3,
          },
        ],
      );
    }
    expect(after("dropped_iterations,1,3.0,unheard-of,,,")).toMatchObject({ bad: 1, samples: [] });
  });

  it("counts for the live line", () => {
    expect(whole.progress).toEqual({ requests: 5, failed: 1, good: 2, shed: { live: 1 } });
  });

  it("does not depend on how it is split into chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (cuts) => {
        expect(parse(excerpt, cuts)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
    expect(
      parse(
        excerpt,
        Array.from({ length: Buffer.byteLength(excerpt) }, (_, index) => index),
      ),
    ).toEqual(whole);
  });

  it("completes a final request without a following line", () => {
    expect(after("http_req_duration,1000,5.0,live,200,lane=live,").samples).toMatchObject([
      { metric: "http_req_ms", value: 5 },
    ]);
    expect(
      after(
        "http_req_duration,1000,5.0,live,200,lane=live,",
        "http_req_duration,2000,6.0,live,200,lane=live,",
        "http_req_blocked,2000,1.0,live,200,lane=live,",
      ).samples.map((sample) => sample.value),
    ).toEqual([5, 7]);
  });

  it.each([
    "segment_ms",
    "segment_ms,",
    "segment_ms,1,2",
    "segment_ms,17952,x,live,,lane=live,",
    "segment_ms,17952,,live,,lane=live,",
    "segment_ms,,5.0,live,,lane=live,",
    "segment_ms,1795x,5.0,live,,lane=live,",
    "segment_ms,-5,5.0,live,,,",
    "segment_ms,1795276793978075,15segment_ms,1795276793978075,154.0,live,,lane=live,",
    "http_req_duration,5,NaN,live,200,,",
    "dropped_iterations,5",
  ])("counts the torn line %j and invents nothing", (line) => {
    const parsed = after(line, "segment_ms,2000,7.0,live,,lane=live&outcome=served,");
    // A line torn within its name has an unknown metric.
    expect(parsed.bad).toBe(line === "segment_ms" ? 0 : 1);
    expect(parsed.samples.map((sample) => sample.value)).toEqual([7]);
  });

  it("cut off at any byte never yields a sample that did not exist", () => {
    const bytes = Buffer.from(excerpt);
    const asked = whole.samples.map((sample) => JSON.stringify({ ...sample, value: 0 }));
    for (let length = header.length + 1; length < bytes.length; length += 3) {
      const parsed = parse(bytes.subarray(0, length));
      expect(parsed.samples.map((sample) => JSON.stringify({ ...sample, value: 0 }))).toEqual(
        asked.slice(0, parsed.samples.length),
      );
      if (bytes[length - 1] !== 10) expect(parsed.bad).toBeGreaterThan(0);
    }
  });

  it("takes no part of a quoted value for a line, nor a part of a value for a tag", () => {
    const forged = "segment_ms,2000,1.0,live,,lane=live&outcome=served,vu=1";
    for (const metric of ["segment_ms", "http_reqs", "data_sent"]) {
      const parsed = after(
        `${metric},1000,5.0,live,,"lane=live&rendition=x`,
        forged,
        'y&outcome=lost",vu=1',
        "segment_ms,3000,7.0,live,,lane=live&outcome=lost,vu=1",
      );
      expect({ bad: parsed.bad, values: parsed.samples.map(({ value }) => value) }).toEqual({
        bad: 1,
        values: [7],
      });
    }
    for (const tags of [
      "lane=live&rendition=a&outcome=served&outcome=lost",
      "lane=live&outcome=lost&rendition=a&why=b",
      "lane=live&load=other&outcome=served",
      "lane=live&outcome=served&broken",
    ]) {
      expect(after(`segment_ms,1000,5.0,live,,${tags},`)).toMatchObject({ bad: 1, samples: [] });
    }
  });

  it.each(["-5.0", "NaN", "+Inf"])("counts a wait of %s ms as damage", (value) => {
    expect(after(`segment_ms,1000000,${value},live,,lane=live&outcome=served,`)).toMatchObject({
      bad: 1,
      samples: [],
    });
  });

  it("is refused with other columns", () => {
    expect(() => parse("metric_name,timestamp,metric_value\n")).toThrow(
      expect.objectContaining({ code: "GENERATOR_FAILED", hint: expect.stringContaining("2.2") }),
    );
    expect(() => parse(`${header},more\n`)).toThrow(
      expect.objectContaining({ code: "GENERATOR_FAILED" }),
    );
  });

  it("is empty without input", () => {
    expect(parse("")).toMatchObject({ samples: [], bad: 0, count: 0 });
    expect(parse(`${header}\n`)).toMatchObject({ samples: [], bad: 0, count: 0 });
    expect(parse(header)).toMatchObject({ bad: 1 });
  });

  it("keeps a script's own metrics with their tags, as the declared kind", () => {
    const own: Registry = {
      ...everyMetric,
      ...metricsMadeIn(
        'new Trend("order_ms", true); new Trend("basket"); new Counter("orders"); new ' +
          'Rate("paid"); new Gauge("queue")',
      ),
    };
    const sampleOf = (metric: string, value: string): unknown => {
      const [sample] = parse(
        [header, `${metric},1000000,${value},live,,shop=a&outcome=done,vu=1`, ""].join("\n"),
        [],
        own,
      ).samples;
      return sample;
    };
    const tags = { lane: "live", load: "live", shop: "a", outcome: "done" };
    expect(sampleOf("order_ms", "12.5")).toEqual({
      metric: "order_ms",
      kind: "duration",
      tags,
      atMs: 1_000,
      value: 12.5,
    });
    expect(sampleOf("basket", "-3")).toEqual({
      metric: "basket",
      kind: "event",
      tags,
      atMs: 1_000,
      value: -3,
    });
    expect(sampleOf("orders", "2")).toEqual({
      metric: "orders",
      kind: "increment",
      tags,
      atMs: 1_000,
      value: 2,
    });
    expect(sampleOf("paid", "1")).toEqual({
      metric: "paid",
      kind: "event",
      tags,
      atMs: 1_000,
      value: 1,
    });
    expect(sampleOf("queue", "-7")).toEqual({
      metric: "queue",
      kind: "gauge",
      tags,
      atMs: 1_000,
      value: -7,
    });
    // Undeclared: its name is composed at run time.
    expect(sampleOf("orders_of_a", "4")).toEqual({
      metric: "orders_of_a",
      kind: "event",
      tags,
      atMs: 1_000,
      value: 4,
    });
  });

  it("keeps those of k6's own metrics that a claim uses", () => {
    const lines = [
      header,
      "http_req_waiting,1000000,3.0,live,200,,",
      "checks,1000000,1.0,live,,,",
      "iterations,1000000,1.0,live,,,",
      "vus,1000000,7.0,,,,",
      "",
    ].join("\n");
    expect(parse(lines)).toMatchObject({ samples: [], bad: 0 });
    expect(parse(lines, [], everyMetric, ["http_req_waiting"]).samples).toMatchObject([
      { metric: "http_req_waiting", kind: "duration", tags: { status: "200" } },
    ]);
  });

  it("records a request under k6's own names too, if a claim uses them, and once as ours", () => {
    const asked = ["http_req_duration", "http_req_blocked"];
    const { samples, bad } = parse(excerpt, [], { ...everyMetric, ...k6Metrics }, asked);
    expect(bad).toBe(0);
    const of = (metric: string): number[] =>
      samples.filter((sample) => sample.metric === metric).map(({ value }) => value);
    expect(of("http_req_duration")).toEqual([73.869006, 1.906359, 2.396681, 2.639162, 0]);
    expect(of("http_req_blocked")).toEqual([0.18201, 0.781611, 0.207572, 0.008609, 0]);
    expect(of("http_req_ms")).toEqual(
      of("http_req_duration").map((ms, index) =>
        expect.closeTo(ms + (of("http_req_blocked")[index] ?? 0), 6),
      ),
    );
    expect(parse(excerpt).samples.some(({ metric }) => asked.includes(metric))).toBe(false);
  });

  it.each(["canary_ms", "cpu_seconds", "link_connections", "fault_in_force"])(
    "is damage where a script speaks for another witness: %s",
    (metric) => {
      const { bad, samples } = parse(`${header}\n${metric},1795276793798698,1.0,live,,,\n`);
      expect({ bad, samples }).toEqual({ bad: 1, samples: [] });
    },
  );

  it("leaves out what a script asks in its setup and teardown, which belongs to no load", () => {
    const outside = excerpt
      .split("\n")
      .slice(1)
      .map((line) => line.replace(/,(?:live|dvr-far),/, ",,"))
      .join("\n");
    expect(parse(`${header}\n${outside}`)).toMatchObject({ bad: 0, count: 0, samples: [] });
  });

  it("keeps a limited number of undeclared metrics", () => {
    const many = Array.from({ length: 101 }, (_, index) => `made_up_${index},1000000,1.0,live,,,`);
    expect(parse([header, ...many, ...many, ""].join("\n"))).toMatchObject({ count: 200, bad: 2 });
  });

  it("limits the memory of a runaway stream", () => {
    expect(
      after(`segment_ms,1,1.0,live,,${"x".repeat(70_000)}`).samples.length,
    ).toBeLessThanOrEqual(1);
    expect(parse(`${header}\n${"x".repeat(200_000)}`, [100_000, 150_000]).bad).toBeGreaterThan(0);
    const parser = new CsvParser({ series: () => 0, sample: () => {} }, loads, everyMetric);
    const lines = Array.from(
      { length: 50_001 },
      (_, index) => `segment_ms,1,1.0,live,,rendition=${index},\n`,
    );
    expect(() => parser.push(Buffer.from(`${header}\n${lines.join("")}`))).toThrow(/new tag value/);
  });
});

describe("iterations", () => {
  const at = (ms: number): string => String((1_000_000 + ms) * 1000);
  const begun = (ms: number, vu: number): string =>
    `iteration_begun,${at(ms)},${ms}.0,live,,,vu=${vu}`;
  const ended = (ms: number, vu: number, how = 0): string =>
    `iteration_ended,${at(ms)},${how}.0,live,,,vu=${vu}`;
  const segment = (ms: number, vu: number): string =>
    `segment_ms,${at(ms)},3.0,live,,lane=live&outcome=served,vu=${vu}`;
  const tags = { lane: "live", load: "live" };

  it("are late by the time since their turn, counting dropped ones", () => {
    // Due at 100, 200, 300, 400 ms; the schedule begins 1 ms after the scenario.
    const parsed = after(
      begun(101, 1),
      `dropped_iterations,${at(200)},1.0,live,,,`,
      begun(302, 2),
      begun(950, 3),
    );
    expect(of(parsed, "start_late_ms")).toEqual(
      [
        [101, 0],
        [302, 1],
        [950, 549],
      ].map(([ms, value]) => ({
        metric: "start_late_ms",
        kind: "duration",
        tags: { ...tags, of: "iteration" },
        atMs: 1_000_000 + (ms as number),
        value,
      })),
    );
  });

  it("are as late as their script says, where it replays a trace", () => {
    const samples: number[] = [];
    const paced = [{ name: "live", lane: "live", stages, isPaced: true }];
    const sink = {
      series: () => 0,
      sample: (_series: number, _atMs: number, value: number) => samples.push(value),
    };
    const parser = new CsvParser(sink, paced, everyMetric);
    // The value is the lateness: neither a schedule nor a dropped iteration changes it.
    const late = (ms: number, value: number, vu: number): string =>
      `iteration_begun,${at(ms)},${value}.0,live,,,vu=${vu}`;
    parser.push(Buffer.from(`${[header, late(950, 0, 1), late(951, 12, 2)].join("\n")}\n`));
    parser.end();
    expect(samples).toEqual([0, 12]);
  });

  it("end, throw, or end without a sample of their own", () => {
    const parsed = after(
      begun(100, 1),
      begun(200, 2),
      segment(250, 1),
      ended(260, 1),
      ended(270, 2),
      begun(300, 2),
      segment(310, 2),
      ended(320, 2, 1),
      begun(400, 1),
      ended(410, 1),
    );
    expect(
      of(parsed, "iteration_ms").map(({ tags: { outcome }, value }) => [outcome, value]),
    ).toEqual([
      ["ended", 160],
      ["silent", 70],
      ["threw", 20],
      ["silent", 10],
    ]);
    expect(parsed.bad).toBe(0);
  });

  it("are damage if they end without a start, or have no virtual user", () => {
    expect(after(ended(100, 1)).bad).toBe(1);
    expect(after(`iteration_begun,${at(100)},100.0,live,,,`).bad).toBe(1);
    expect(after(begun(100, 1), ended(110, 1), ended(120, 1)).bad).toBe(1);
  });
});
