import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Series } from "../metrics/samples.ts";
import { differs, Increments, parseExposition } from "./prometheus.ts";

const parse = (text: string, ...wanted: readonly string[]): ReturnType<typeof parseExposition> =>
  parseExposition(text, new Set(wanted.length === 0 ? ["a"] : wanted));

describe("exposition", () => {
  it("yields the requested samples with their labels", () => {
    const text =
      '# HELP a help\n# TYPE a counter\na{lane="live",outcome="ok"} 12\nb 3\na 4.5e3 ' +
      "1795273445123\n\na_total 9\n";
    expect(parse(text)).toEqual([
      { name: "a", labels: { lane: "live", outcome: "ok" }, value: 12 },
      { name: "a", labels: {}, value: 4_500, atMs: 1_795_273_445_123 },
    ]);
    expect(parse(text, "a_total", "b").map((sample) => sample.value)).toEqual([3, 9]);
    expect(parse(text, "c", "constructor")).toEqual([]);
  });

  it("accepts labels with any content", () => {
    const value = fc.string({
      unit: fc.oneof(
        fc.constantFrom('"', "\\", "\n", "}", "{", ",", "=", " ", "#", "n", "ü"),
        fc.string({ minLength: 1, maxLength: 1 }).filter((one) => one !== "\r"),
      ),
    });
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,5}$/), value, { maxKeys: 4 }),
        (labels) => {
          const escaped = (one: string): string =>
            one.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
          const line = `a{${Object.entries(labels)
            .map(([key, one]) => `${key}="${escaped(one)}"`)
            .join(",")}} 7`;
          expect(parse(`${line}\n`)).toEqual([{ name: "a", labels, value: 7 }]);
        },
      ),
    );
  });

  it.each(["a NaN", "a +Inf", "a -Inf", 'a{x="y"}', "a", "a one", "# a 1", "=1", 'a{x="y" 1 2 3'])(
    "skips %j",
    (line) => {
      expect(parse(`${line}\n`)).toEqual([]);
    },
  );

  it("accepts carriage returns and indentation", () => {
    expect(parse("  a 1\r\na 2\r\n").map((sample) => sample.value)).toEqual([1, 2]);
  });
});

describe("a later answer", () => {
  const text = (value: number, atMs: number | string, comment = "") =>
    `# HELP a ${comment}\na{x="1 2"} ${value} ${atMs}\nb 1795273445123\nc ${value}\n`;

  it("differs by its numbers, not by its timestamps", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(1e9), (one, other, later) => {
        const before = text(one, 1_795_273_445_123);
        expect(differs(text(one, 1_795_273_445_123 + later, "again"), before)).toBe(false);
        expect(differs(text(other, 1_795_273_445_123 + later), before)).toBe(one !== other);
        expect(differs(text(other, ""), text(one, ""))).toBe(one !== other);
      }),
    );
  });
});

describe("increments", () => {
  const sunk = (startsAtZero: boolean) => {
    const samples: (readonly [string, number, number])[] = [];
    const names: string[] = [];
    const increments = new Increments(
      {
        series: (series: Series) =>
          names.push(`${series.metric} ${series.kind} ${JSON.stringify(series.tags)}`) - 1,
        sample: (id, atMs, value) => samples.push([names[id] ?? "", atMs, value]),
      },
      startsAtZero,
    );
    const read = (...values: readonly number[]): number[] => {
      samples.length = 0;
      for (const [index, value] of values.entries()) increments.read("m", { t: "x" }, index, value);
      return samples.map(([, , value]) => value);
    };
    return { increments, read, samples };
  };

  it("exclude growth before counting began, and nothing after", () => {
    const { increments, read } = sunk(false);
    expect(read(100)).toEqual([]);
    increments.fromZeroNow();
    expect(read(103)).toEqual([3]);
    increments.read("new", {}, 1, 5);
    expect(read(103)).toEqual([0]);
  });

  it("are the growth of a counter", () => {
    expect(
      sunk(true)
        .read(5, 7, 7, 12)
        .filter((value) => value > 0),
    ).toEqual([5, 2, 5]);
    expect(
      sunk(false)
        .read(5, 7, 7, 12)
        .filter((value) => value > 0),
    ).toEqual([2, 5]);
  });

  it("survive a counter reset", () => {
    expect(sunk(true).read(100, 3, 4)).toEqual([100, 3, 1]);
    expect(
      sunk(true)
        .read(100, 0, 4)
        .filter((value) => value > 0),
    ).toEqual([100, 4]);
  });

  it("restart with each life of the process, even above their old value", () => {
    const { increments, samples } = sunk(true);
    for (const [atMs, value, life] of [
      [0, 0, "11"],
      [2_000, 100, "11"],
      [4_000, 180, "12"],
      [6_000, 190, "12"],
    ] as const)
      increments.read("m", {}, atMs, value, life);
    expect(samples.map(([, , value]) => value)).toEqual([0, 100, 180, 10]);
  });

  it("never run backwards, and lose nothing between resets", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 30 }), (steps) => {
        const readings = steps.map((_, index) =>
          steps.slice(0, index + 1).reduce((a, b) => a + b, 0),
        );
        const increments = sunk(true).read(...readings);
        expect(increments.every((value) => value >= 0)).toBe(true);
        expect(increments.reduce((a, b) => a + b, 0)).toBe(readings.at(-1));
      }),
    );
  });

  it("separate counters by name and tags", () => {
    const { increments, samples } = sunk(true);
    increments.read("m", { t: "x" }, 1, 5);
    increments.read("m", { t: "y" }, 2, 7);
    increments.read("n", { t: "x" }, 3, 9);
    increments.read("m", { t: "x" }, 4, 6);
    expect(samples).toEqual([
      ['m increment {"t":"x"}', 1, 5],
      ['m increment {"t":"y"}', 2, 7],
      ['n increment {"t":"x"}', 3, 9],
      ['m increment {"t":"x"}', 4, 1],
    ]);
  });
});
