import { describe, expect, it } from "vitest";
import type { DeclaredChart } from "../target/charts.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching } from "../metrics/series.ts";
import { windowsOf } from "./buckets.ts";
import { isEmpty } from "./chart.ts";
import { declaredSpec } from "./declared.ts";

const series = (
  metric: string,
  kind: SeriesData["kind"],
  tags: Readonly<Record<string, string>>,
  ...values: number[]
): SeriesData => ({
  metric,
  kind,
  tags,
  atMs: Float64Array.from(values, (_, index) => 100 * (index + 1)),
  values: Float64Array.from(values),
});
const run = [
  series("orders", "increment", { from: "memory", shop: "a" }, 6, 2),
  series("orders", "increment", { from: "disk", shop: "b" }, 2),
  series("asked", "event", { shop: "a" }, 1, 1, 1, 1),
];
const second = windowsOf([{ fromMs: 0, untilMs: 1_000 }]);
const base = { id: "c", title: "T", note: "N.", unit: "/s" };

function drawn(chart: Partial<DeclaredChart>): Record<string, number | null | undefined> {
  const spec = declaredSpec({ ...base, lines: [], ...chart }, (metric, where) =>
    matching(run, { metric, where }),
  );
  return Object.fromEntries(spec.lines.map(({ label, measure }) => [label, measure(second)[0]]));
}

describe("a declared chart", () => {
  it("draws one line per tag value, and lines with their own labels", () => {
    expect(
      drawn({
        lines: [
          { metric: "orders", statistic: "growth", by: "shop" },
          { metric: "asked", statistic: "rate", label: "asked" },
          { metric: "orders", statistic: "count", except: { shop: ["b"] }, label: "of a" },
        ],
      }),
    ).toEqual({ a: 8, b: 2, asked: 4, "of a": 2 });
  });

  it("draws shares of a whole and the remainder, if there is a whole", () => {
    const from = (where: string) =>
      ({ metric: "orders", where: { from: where }, statistic: "growth" }) as const;
    const all = { metric: "orders", statistic: "growth" } as const;
    const none = { metric: "orders", where: { from: "afar" }, statistic: "growth" } as const;
    expect(
      drawn({
        lines: [
          { ...from("memory"), label: "memory", shareOf: all },
          { ...from("memory"), label: "elsewhere", leftOf: all },
          { ...from("memory"), label: "of nothing", shareOf: none },
          { ...none, label: "unknown", leftOf: all },
        ],
      }),
    ).toEqual({ memory: 0.8, elsewhere: expect.closeTo(0.2) });
  });

  it("omits what the run lacks, and names the missing metric unless it is optional", () => {
    const lines = [{ metric: "never", statistic: "p99", label: "never" }] as const;
    const spec = (chart: Partial<DeclaredChart>) =>
      declaredSpec({ ...base, lines, ...chart }, (metric, where) =>
        matching(run, { metric, where }),
      );
    expect(isEmpty(spec({}))).toBe(true);
    expect(spec({}).needs).toBe("never");
    expect(spec({ optional: true }).needs).toBeNull();
    const only = { metric: "asked", where: { shop: "b" } };
    expect(
      drawn({ only, lines: [{ metric: "asked", statistic: "rate", label: "asked" }] }),
    ).toEqual({});
  });

  it("draws an event metric as zero where nothing happened", () => {
    expect(drawn({ lines: [{ metric: "lost", statistic: "happened", label: "lost" }] })).toEqual({
      lost: 0,
    });
  });
});
