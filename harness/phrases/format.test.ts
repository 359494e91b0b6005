import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Comparison } from "../claims/claim.ts";
import {
  formatAgainst,
  formatCount,
  formatDuration,
  formatOffset,
  formatValue,
  formatViolation,
} from "./format.ts";
import { times } from "../../test/support/thorough.ts";

describe("formatValue", () => {
  test.each<[number | null, string, string]>([
    [0.9995, "share", "99.95 %"],
    [1, "share", "100 %"],
    [0, "share", "0 %"],
    [0.9999999, "share", "99.99999 %"],
    [0.00000012, "share", "0.00001 %"],
    [12.34, "ms", "12.3 ms"],
    [1.234, "ms", "1.23 ms"],
    [0.0456, "ms", "0.0456 ms"],
    [412.4, "ms", "412 ms"],
    [2000, "ms", "2,000 ms"],
    [12345, "ms", "12.3 s"],
    [1234, "/s", "1.2 k/s"],
    [999.7, "/s", "1 k/s"],
    [2_500_000, "/s", "2.5 M/s"],
    [42.5, "/s", "42.5 /s"],
    [1.2, "", "1.2"],
    [12345, "", "12,345"],
    [-3.5, "", "−3.5"],
    [5 * 2 ** 20, "B", "5 MiB"],
    [null, "ms", "—"],
    [Number.POSITIVE_INFINITY, "ms", "∞"],
  ])("%s in %j is %j", (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  test("a fraction never rounds to the whole, nor to zero", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        const shown = formatValue(share, "share");
        return (shown === "100 %") === (share === 1) && (shown === "0 %") === (share === 0);
      }),
    );
  });
});

describe("formatAgainst", () => {
  test("a share just under its limit does not round up to it", () => {
    expect(formatAgainst(0.99899, 0.999, "share")).toEqual({
      observed: "99.899 %",
      limit: "99.9 %",
    });
    expect(formatAgainst(0.9995, 0.999, "share")).toEqual({ observed: "99.95 %", limit: "99.9 %" });
    expect(formatAgainst(500.02, 500, "ms")).toEqual({ observed: "500.02 ms", limit: "500 ms" });
  });

  const factors: Readonly<Record<string, number>> = {
    "%": 0.01,
    s: 1000,
    "k/s": 1000,
    "M/s": 1e6,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
  };
  const read = (text: string): { number: number; suffix: string } => {
    const [number = "", suffix = ""] = text.split(" ");
    return { number: Number(number.replaceAll(",", "").replace("−", "-")), suffix };
  };
  const holds = (a: number, comparison: Comparison, b: number): boolean =>
    ({ "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a === b })[comparison];
  const pairs = fc.oneof(
    fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    fc.tuple(
      fc.double({ min: 0.99, max: 1, noNaN: true }),
      fc.constantFrom(0.99, 0.995, 0.999, 0.9995, 1),
    ),
    fc.tuple(fc.double({ min: 0, max: 50_000, noNaN: true }), fc.integer({ min: 0, max: 20_000 })),
    fc
      .tuple(fc.integer({ min: 0, max: 4000 }), fc.double({ min: -1e-9, max: 1e-9, noNaN: true }))
      .map(([n, e]) => [n + e, n] as [number, number]),
  );

  test("printed values compare as the measured ones do", () => {
    const comparisons = fc.constantFrom<Comparison>("<", "<=", ">", ">=", "==");
    const units = fc.constantFrom("share", "ms", "/s", "", "B");
    fc.assert(
      fc.property(pairs, comparisons, units, ([observed, limit], comparison, unit) => {
        const shown = formatAgainst(observed, limit, unit);
        const [a, b] = [read(shown.observed), read(shown.limit)];
        const common = a.suffix === b.suffix;
        const size = ({ number, suffix }: typeof a): number =>
          common ? number : number * (factors[suffix] ?? 1);
        return holds(size(a), comparison, size(b)) === holds(observed, comparison, limit);
      }),
      { numRuns: times(1000) },
    );
  });
});

test("durations and moments are readable", () => {
  expect([350, 2400, 60_000, 90_000, 3_720_000].map(formatDuration)).toEqual([
    "350 ms",
    "2.4 s",
    "1 min",
    "1 min 30 s",
    "1 h 02 min",
  ]);
  expect([0, -4000, 12_345, 754_000, 3_723_000].map(formatOffset)).toEqual([
    "+0.0 s",
    "−4.0 s",
    "+12.3 s",
    "+12:34 min",
    "+1:02:03",
  ]);
  expect(formatCount(1_234_567)).toBe("1,234,567");
});

test("a violation shows the same figures as the table", () => {
  const finding = {
    unit: "share",
    observed: 0.871012,
    limit: 0.999,
    comparison: ">=",
  } as const;
  expect(formatViolation(finding)).toBe("87.1 % (limit ≥ 99.9 %)");
  expect(formatViolation({ ...finding, observed: 0.99899999 })).toMatch(
    /^99\.8999+ % \(limit ≥ 99.9 %\)$/,
  );
  expect(formatViolation({ ...finding, observed: null })).toBe("");
});
