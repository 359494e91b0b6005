import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { SeawallError } from "../base/errors.ts";
import { keepSecret } from "../base/redact.ts";
import { heldDraft, heldPlan, runOf } from "../../test/support/judge/held-run.ts";
import { judge } from "../judge/judge.ts";
import type { Clock } from "../target/deployment.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import type { SampleKind } from "../metrics/samples.ts";
import { readRun } from "./read-run.ts";
import { Recorder } from "./recorder.ts";
import { anyCharacter } from "../../test/support/any-character.ts";
import { times } from "../../test/support/thorough.ts";

const zeroMs = 1_800_000_000_000;
const clock: Clock = {
  nowMs: () => 1_800_000_000_000.25,
  monotonicMs: () => 0,
  sleep: () => Promise.resolve(),
};
let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "seawall-recorder-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const path = (name: string): string => join(directory, name);
const plan = heldPlan();
const finished: RunEvent = { kind: "finished", atMs: 1_800_000_000_001 };

/**
 * The recorded samples in the expected form: one entry per series, in the order of first
 * occurrence.
 */
interface Put {
  readonly metric: string;
  readonly kind: SampleKind;
  readonly tags: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [atUs: number, value: number])[];
}

async function record(
  series: readonly Put[],
  events: readonly RunEvent[] = [finished],
): Promise<void> {
  const started = events.find((event) => event.kind === "started");
  const options = started === undefined ? {} : { runId: started.runId };
  await using recorder = new Recorder(directory, plan, clock, { ...options, synced: false });
  for (const event of events) recorder.event(event);
  for (const { metric, kind, tags, samples } of series) {
    for (const [atUs, value] of samples)
      recorder.sample(recorder.series({ metric, kind, tags }), atUs / 1000, value);
    recorder.series({ metric, kind, tags });
  }
  expect(recorder.failed.aborted).toBe(false);
}

const sorted = (tags: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
const put = (run: Run): Put[] =>
  run.series.map(({ metric, kind, tags, atMs, values }) => ({
    metric,
    kind,
    tags,
    samples: [...atMs].map(
      (ms, index) => [Math.round(ms * 1000), values[index] as number] as const,
    ),
  }));
/** A reading of −0 is read back as 0. */
const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const text = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.constantFrom(
    "a,b",
    "line\nbreak",
    "\r\n",
    "#3 {}",
    '"quoted"',
    "\u2028",
    "日本語",
    "😀",
    "\\n",
    "&=",
    "",
    "__proto__",
    "constructor",
  ),
);
const puts = fc.uniqueArray(
  fc.record({
    metric: fc.constantFrom("segment_ms", "http_req_ms", "x"),
    kind: fc.constantFrom<SampleKind>("duration", "increment", "gauge", "event"),
    tags: fc.dictionary(text, text, { maxKeys: 3 }),
    samples: fc.array(
      fc.tuple(
        fc.oneof(fc.nat(), fc.integer({ min: 1_700_000_000_000_000, max: 1_900_000_000_000_000 })),
        value,
      ),
      { maxLength: 20 },
    ),
  }),
  { maxLength: 5, selector: (one) => one.metric + one.kind + sorted(one.tags) },
);

describe("a record that is read back", () => {
  it("is equal to the microsecond and the last digit, whatever the tags contain", async () => {
    await fc.assert(
      fc.asyncProperty(puts, async (series) => {
        rmSync(directory, { recursive: true, force: true });
        mkdirSync(directory);
        await record(series);
        const run = await readRun(directory);
        expect(run.damage).toEqual([]);
        const normal = (all: readonly Put[]): unknown =>
          all.map((one) => ({ ...one, tags: sorted(one.tags) }));
        expect(normal(put(run))).toEqual(normal(series));
      }),
      { numRuns: times(10) },
    );
  });

  it("recognises a series by its tags in any order", async () => {
    await using recorder = new Recorder(directory, plan, clock);
    const id = recorder.series({ metric: "m", kind: "gauge", tags: { a: "1", b: "2" } });
    expect(recorder.series({ metric: "m", kind: "gauge", tags: { b: "2", a: "1" } })).toBe(id);
    expect(recorder.series({ metric: "m", kind: "event", tags: { a: "1", b: "2" } })).not.toBe(id);
    expect(recorder.series({ metric: "m", kind: "gauge", tags: { a: "1", b: "3" } })).not.toBe(id);
  });

  it("holds no secret of a tag, and series that differ in one alone are one", async () => {
    const secrets = ["recorded-secret-1", "recorded-secret-2"];
    for (const secret of secrets) keepSecret(secret);
    await record(
      secrets.map((user) => ({ metric: "x", kind: "event", tags: { user }, samples: [[1, 1]] })),
    );
    expect(put(await readRun(directory))).toEqual([
      {
        metric: "x",
        kind: "event",
        tags: { user: "***" },
        samples: [
          [1, 1],
          [1, 1],
        ],
      },
    ]);
  });

  it("omits values that are not numbers and impossible times", async () => {
    const nonsense = [
      [Number.NaN, 1],
      [1, Number.NaN],
      [1, Number.POSITIVE_INFINITY],
      [-5, 1],
      [1e300, 1],
      [7, 7],
    ] as const;
    await record([{ metric: "m", kind: "gauge", tags: {}, samples: nonsense }]);
    const run = await readRun(directory);
    expect(run.damage).toEqual([]);
    expect(put(run)[0]?.samples).toEqual([[7, 7]]);
  });

  it("has its events in order, stamped by the clock unless they have a time", async () => {
    const reported: string[] = [];
    {
      await using recorder = new Recorder(directory, plan, clock);
      recorder.onEvent((event) => reported.push(event.kind));
      recorder.event({ kind: "note", text: "first\nsecond" });
      recorder.event({ kind: "note", text: "then", atMs: zeroMs + 5 });
      recorder.event(finished);
      expect(readFileSync(path("events.ndjson"), "utf8").split("\n")).toHaveLength(4);
    }
    const { events } = await readRun(directory);
    expect(events).toEqual([
      { kind: "note", text: "first\nsecond", atMs: 1_800_000_000_000.25 },
      { kind: "note", text: "then", atMs: zeroMs + 5 },
      finished,
    ]);
    expect(reported).toEqual(["note", "note", "finished"]);
  });

  it("gets the same verdict as the original", async () => {
    const run = runOf(heldDraft());
    await record(
      run.series.map(({ metric, kind, tags, atMs, values }) => ({
        metric,
        kind,
        tags,
        samples: [...atMs].map(
          (ms, index) => [Math.round(ms * 1000), values[index] as number] as const,
        ),
      })),
      run.events,
    );
    expect(judge(await readRun(directory))).toEqual(judge(run));
  });

  it("accepts nothing after it is closed, and may be closed twice", async () => {
    const recorder = new Recorder(directory, plan, clock);
    recorder.event(finished);
    const id = recorder.series({ metric: "m", kind: "gauge", tags: {} });
    recorder.sample(id, 1, 1);
    await recorder[Symbol.asyncDispose]();
    recorder.sample(id, 2, 2);
    recorder.event({ kind: "note", text: "too late" });
    await recorder[Symbol.asyncDispose]();
    const run = await readRun(directory);
    expect(run.events).toHaveLength(1);
    expect(put(run)[0]?.samples).toEqual([[1000, 1]]);
  });
});

describe("a record that was cut off", () => {
  const some: readonly Put[] = [
    {
      metric: "a",
      kind: "duration",
      tags: { lane: "live,\n" },
      samples: Array.from(
        { length: 12 },
        (_, index) => [1_795_273_445_123_456 + index * 7, index / 7] as const,
      ),
    },
    {
      metric: "b",
      kind: "gauge",
      tags: {},
      samples: Array.from(
        { length: 5 },
        (_, index) => [1_795_273_445_123_456 + index * 11, index * 1.5] as const,
      ),
    },
  ];
  const isPrefix = (part: readonly unknown[], whole: readonly unknown[]): boolean =>
    JSON.stringify(part) === JSON.stringify(whole.slice(0, part.length));

  /**
   * Lengths at which a file is cut off: next to each line break, at both ends, and each seventh
   * between; each one with `benchmarks/thorough.ts`.
   */
  function cuts(bytes: Buffer): number[] {
    const step = Math.ceil(7 / times(1));
    const isNear = (at: number): boolean =>
      bytes.subarray(Math.max(0, at - 2), at + 2).includes(10);
    return Array.from(bytes.keys()).filter(
      (at) => at % step === 0 || at < 8 || at > bytes.length - 8 || isNear(at),
    );
  }

  it("at any byte of its samples keeps the earlier ones, and reports it", async () => {
    await record(some);
    const bytes = readFileSync(path("samples.csv.zst"));
    for (const length of cuts(bytes)) {
      writeFileSync(path("samples.csv.zst"), bytes.subarray(0, length));
      const run = await readRun(directory);
      expect(run.damage.length, `${length} of ${bytes.length} bytes`).toBeGreaterThan(0);
      for (const [index, one] of put(run).entries()) {
        expect({ ...one, samples: [] }).toEqual({ ...some[index], samples: [] });
        expect(isPrefix(one.samples, some[index]?.samples ?? [])).toBe(true);
      }
    }
  });

  it("with changed bytes in its samples never throws and never counts as complete", async () => {
    await record(some);
    const bytes = readFileSync(path("samples.csv.zst"));
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] as number) ^ flip;
          writeFileSync(path("samples.csv.zst"), changed);
          const run = await readRun(directory);
          if (run.damage.length === 0) expect(put(run)).toEqual(some);
        },
      ),
      { numRuns: times(30) },
    );
  });

  it("at any byte of its events keeps complete lines only, and reports it", async () => {
    const events: RunEvent[] = [
      { kind: "note", text: "größer\n{", atMs: zeroMs },
      { kind: "phase", phase: "baseline", atMs: zeroMs + 0.5 },
      { kind: "clockStepped", byMs: -3, atMs: zeroMs + 0.75 },
      finished,
    ];
    await record([], events);
    const bytes = readFileSync(path("events.ndjson"));
    const untilSeal = bytes.subarray(0, -1).lastIndexOf("\n");
    for (const length of cuts(bytes.subarray(0, -1))) {
      writeFileSync(path("events.ndjson"), bytes.subarray(0, length));
      const run = await readRun(directory);
      expect(isPrefix(run.events, events)).toBe(true);
      if (length < untilSeal) expect(run.events.length).toBeLessThan(events.length);
      const damageText = run.damage.join();
      expect(damageText, String(length)).toContain(
        length < untilSeal ? "the record ends early" : "the record is not sealed",
      );
    }
  });

  it("keeps what a killed harness had flushed", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const recorder = new Recorder(directory, plan, clock);
    recorder.sample(recorder.series({ metric: "m", kind: "gauge", tags: {} }), 1, 42);
    vi.advanceTimersByTime(1_000);
    for (
      let waited = 0;
      waited < 400 &&
      (!existsSync(path("samples.csv.zst")) || statSync(path("samples.csv.zst")).size < 20);
      waited++
    )
      await delay(5);
    const file = readFileSync(path("samples.csv.zst"));
    await recorder[Symbol.asyncDispose]();
    writeFileSync(path("samples.csv.zst"), file);
    const run = await readRun(directory);
    expect(put(run)[0]?.samples).toEqual([[1_000, 42]]);
    expect(run.damage.join()).toContain("samples.csv.zst is cut short");
  });
});

describe("a sealed record", () => {
  const mark = async (recorder: Recorder): Promise<void> => {
    vi.advanceTimersByTime(10_000);
    await delay(5);
    recorder.event({ kind: "note", text: "ten seconds later" });
  };
  const recordLong = async (): Promise<void> => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    await using recorder = new Recorder(directory, plan, clock);
    const id = recorder.series({ metric: "m", kind: "gauge", tags: {} });
    for (let turn = 0; turn < 3; turn++) {
      for (let index = 0; index < 50; index++) recorder.sample(id, turn * 100 + index, index);
      await mark(recorder);
    }
    recorder.event(finished);
  };

  it("has marks of its samples in between, which are not events", async () => {
    await recordLong();
    const lines = readFileSync(path("events.ndjson"), "utf8").trimEnd().split("\n");
    expect(lines.filter((line) => line.includes('"kind":"samples"'))).toHaveLength(3);
    expect(lines.at(-1)).toContain('"kind":"sealed"');
    const { damage, events } = await readRun(directory);
    expect(damage).toEqual([]);
    expect(events.map((event) => event.kind)).toEqual(["note", "note", "note", "finished"]);
  });

  it("reports where its samples were changed, sealed or not", async () => {
    await recordLong();
    const whole = zstdDecompressSync(readFileSync(path("samples.csv.zst"))).toString();
    const lines = readFileSync(path("events.ndjson"), "utf8").trimEnd().split("\n");
    writeFileSync(path("events.ndjson"), `${lines.slice(0, -1).join("\n")}\n`);
    const damageOf = async (samples: string): Promise<string> => {
      writeFileSync(path("samples.csv.zst"), zstdCompressSync(samples));
      return (await readRun(directory)).damage.join();
    };
    const at = new Date(clock.nowMs()).toISOString();
    expect(await damageOf(whole)).not.toContain("the samples");
    const [changed, cut] = [whole.replace("\n0,3000,3\n", "\n0,3000,4\n"), whole.slice(0, -30)];
    expect(await damageOf(changed)).toContain(`not those that were written by ${at}`);
    expect(await damageOf(cut)).toContain(`the samples end before what was written by ${at}`);
  });

  it("with one changed character in its plan or events never counts as complete", async () => {
    await record([], [{ kind: "note", text: "x", atMs: zeroMs }, finished]);
    const texts = {
      "plan.json": readFileSync(path("plan.json")),
      "events.ndjson": readFileSync(path("events.ndjson")),
    };
    const name = fc.constantFrom("plan.json" as const, "events.ndjson" as const);
    await fc.assert(
      fc.asyncProperty(
        name,
        fc.double({ min: 0, max: 0.9999, noNaN: true }),
        fc.integer({ min: 1, max: 127 }),
        async (file, at, flip) => {
          const changed = Buffer.from(texts[file]);
          // The line end after the seal carries no data.
          const index = Math.floor(at * (changed.length - 1));
          changed[index] = (changed[index] as number) ^ flip;
          for (const [other, text] of Object.entries(texts)) writeFileSync(path(other), text);
          writeFileSync(path(file), changed);
          const damage = await readRun(directory).then(
            (run) => run.damage,
            (error: unknown) => [(error as SeawallError).code],
          );
          expect(damage).not.toEqual([]);
        },
      ),
      { numRuns: times(60) },
    );
  });
});

describe("a folder that is no run", () => {
  const broken = async (): Promise<SeawallError> => {
    const error = await readRun(directory).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof SeawallError))
      throw new Error(`expected a SeawallError, got ${String(error)}`);
    return error;
  };

  it.each<[string, string | null, string]>([
    ["no plan", null, "has no plan.json"],
    ["an empty plan", "", "cannot be read"],
    ["a torn plan", JSON.stringify(plan).slice(0, 200), "cannot be read"],
    ["a plan of null", "null", "not an object"],
    [
      "another format",
      JSON.stringify({ ...plan, format: "seawall-plan/9" }),
      'its format is "seawall-plan/9"',
    ],
    ["a plan without phases", JSON.stringify({ ...plan, phasesMs: undefined }), '"phasesMs": '],
    [
      "a plan without a word on recovery",
      JSON.stringify({ ...plan, recovery: undefined }),
      '"recovery": ',
    ],
    [
      "claims that are no list",
      JSON.stringify({ ...plan, hypothesis: "all is well" }),
      '"hypothesis": ',
    ],
  ])("is refused with a hint: %s", async (_what, content, message) => {
    if (content !== null) writeFileSync(path("plan.json"), content);
    const error = await broken();
    expect(error).toMatchObject({ code: "RUN_DIRECTORY_BROKEN", exitCode: 64 });
    expect(error.message).toContain(message);
    expect(error.hint?.length).toBeGreaterThan(10);
  });

  it("is refused with a hint: no directory, or a file", async () => {
    rmSync(directory, { recursive: true });
    expect((await broken()).hint).toContain("reports/");
    writeFileSync(directory, "");
    expect((await broken()).code).toBe("RUN_DIRECTORY_BROKEN");
  });

  it("is damage, not an error, if only events or samples are missing or are folders", async () => {
    writeFileSync(path("plan.json"), JSON.stringify(plan));
    expect((await readRun(directory)).damage).toEqual([
      "events.ndjson is missing",
      "samples.csv.zst is missing",
      "the record ends early, before anything happened",
    ]);
    mkdirSync(path("events.ndjson"));
    mkdirSync(path("samples.csv.zst"));
    const run = await readRun(directory);
    expect(run.damage).toHaveLength(3);
    expect(judge(run).status).toBe("inconclusive");
  });

  it("is damage if lines in the middle are invalid", async () => {
    writeFileSync(path("plan.json"), JSON.stringify(plan));
    writeFileSync(
      path("events.ndjson"),
      [
        `{"kind":"deploying","atMs":${zeroMs}}`,
        "null",
        '{"kind":7,"atMs":1}',
        '{"kind":"note","text":"x"}',
        `${JSON.stringify(finished)}\n`,
      ].join("\n"),
    );
    const run = await readRun(directory);
    expect(run.events.map((event) => event.kind)).toEqual(["deploying", "finished"]);
    expect(run.damage.filter((line) => line.includes("damaged"))).toHaveLength(3);
    expect(run.damage).toContain(
      "the record is not sealed: an earlier version of Seawall wrote it",
    );
  });
});

describe("a record that cannot be written", () => {
  const failure = async (recorder: Recorder): Promise<unknown> => {
    const id = recorder.series({ metric: "m", kind: "gauge", tags: {} });
    for (let index = 0; index < 20_000 && !recorder.failed.aborted; index++) {
      recorder.sample(id, index, Math.sin(index));
      if (index % 1_000 === 0) await delay(1);
    }
    for (let waited = 0; waited < 200 && !recorder.failed.aborted; waited++) await delay(10);
    return recorder.failed.reason;
  };

  it.skipIf(!existsSync("/dev/full"))(
    "fails for good when the disk fills up with samples, and can still be closed",
    async () => {
      symlinkSync("/dev/full", path("samples.csv.zst"));
      const recorder = new Recorder(directory, plan, clock);
      expect(await failure(recorder)).toMatchObject({
        code: "DISK_FULL",
        hint: expect.stringContaining("--out"),
      });
      const reason: unknown = recorder.failed.reason;
      recorder.event({ kind: "note", text: "events go on" });
      recorder.sample(0, 1, 1);
      await recorder[Symbol.asyncDispose]();
      expect(recorder.failed.reason).toBe(reason);
    },
  );

  it.skipIf(!existsSync("/dev/full"))("finds out when it is closed, if not before", async () => {
    symlinkSync("/dev/full", path("samples.csv.zst"));
    const recorder = new Recorder(directory, plan, clock);
    recorder.sample(recorder.series({ metric: "m", kind: "gauge", tags: {} }), 1, 1);
    await recorder[Symbol.asyncDispose]();
    expect(recorder.failed.reason).toMatchObject({ code: "DISK_FULL" });
  });

  it.skipIf(!existsSync("/dev/full"))(
    "fails if the disk fills up with events, and later events do not throw",
    async () => {
      symlinkSync("/dev/full", path("events.ndjson"));
      const recorder = new Recorder(directory, plan, clock);
      recorder.event({ kind: "note", text: "x" });
      expect(recorder.failed.reason).toMatchObject({ code: "DISK_FULL" });
      recorder.event({ kind: "note", text: "y" });
      await recorder[Symbol.asyncDispose]();
    },
  );

  it("fails if its folder is gone before the samples were opened", async () => {
    const recorder = new Recorder(directory, plan, clock);
    rmSync(directory, { recursive: true });
    expect(await failure(recorder)).toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
    await recorder[Symbol.asyncDispose]();
  });

  it("is refused at once if nothing can be written", () => {
    expect(() => new Recorder(path("nowhere"), plan, clock)).toThrow(
      expect.objectContaining({ code: "OUTPUT_NOT_WRITABLE" }),
    );
    mkdirSync(path("events.ndjson"));
    expect(() => new Recorder(directory, plan, clock)).toThrow(
      expect.objectContaining({ code: "OUTPUT_NOT_WRITABLE" }),
    );
  });
});
