import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourcesIn } from "../../../test/support/sources.ts";
import type { SeriesData } from "../../metrics/samples.ts";
import { compare } from "../../judge/claims.ts";
import {
  type Claim,
  claimShape,
  namedBy,
  selectorsOf,
  statisticNamed,
  statisticOf,
  statistics,
} from "./registry.ts";

const root = resolve(import.meta.dirname, "../../..");
const window = { fromMs: 0, untilMs: 10_000 };

/** A value for each field that some statistic requires. */
const fields: Readonly<Record<string, unknown>> = {
  having: { outcome: "served" },
  per: { metric: "asked_ms", times: 2 },
  first: { metric: "asked_ms", where: { lane: "dvr" } },
  windowMs: 1_000,
  by: "service",
  le: "0.5",
};

function claimOf(name: string, comparison: Claim["comparison"] = "<="): Claim {
  const own = Object.keys(statisticNamed(name)?.fields ?? {}).map(
    (field) => [field, fields[field]] as const,
  );
  return {
    title: "t",
    metric: "answer_ms",
    where: { lane: "live" },
    statistic: name,
    comparison,
    limit: 1,
    during: ["fault"],
    samplesMin: 1,
    ...Object.fromEntries(own),
  } as Claim;
}

function seriesOf(metric: string, tags: SeriesData["tags"], values: readonly number[]): SeriesData {
  const atMs = Float64Array.from(values, (_, index) => 1 + index * 100);
  return { metric, kind: "event", tags, atMs, values: Float64Array.from(values) };
}

function observed(claim: Claim, all: readonly SeriesData[], dropped = 0) {
  const selected = all.filter(
    ({ metric, tags }) => metric === claim.metric && tags["lane"] === "live",
  );
  return statisticOf(claim).observe(claim, { window, all, selected, dropped });
}

describe("every statistic", () => {
  const names = statistics.map(({ name }) => name);

  it("has a unique name", () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(names)("accepts its own claims and rejects all others: %s", (name) => {
    expect(claimShape.safeParse(claimOf(name)).success).toBe(true);
    expect(claimShape.safeParse({ ...claimOf(name), statistic: `${name}x` }).success).toBe(false);
    for (const field of Object.keys(statisticNamed(name)?.fields ?? {}).filter(
      (one) => one !== "by",
    )) {
      expect(claimShape.safeParse({ ...claimOf(name), [field]: undefined }).success, field).toBe(
        false,
      );
    }
  });

  it.each(names)("observes null or zero in an empty record: %s", (name) => {
    const { value, samples } = observed(claimOf(name), []);
    expect(samples).toBe(0);
    expect([null, 0]).toContain(value);
  });

  it.each(names)(
    "has a worst case that is no more favourable, and within its range: %s",
    (name) => {
      const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 });
      fc.assert(
        fc.property(
          values,
          values,
          fc.nat({ max: 20 }),
          fc.constantFrom("<=", ">=", "<", ">"),
          (good, bad, dropped, comparison) => {
            const claim = claimOf(name, comparison);
            const record = [
              seriesOf("answer_ms", { lane: "live", outcome: "served", service: "a" }, good),
              seriesOf("answer_ms", { lane: "live", outcome: "lost", service: "a" }, bad),
              seriesOf("asked_ms", { lane: "dvr", service: "a" }, bad),
            ];
            const { value, worst } = observed(claim, record, dropped);
            if (value === null) return;
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(statisticOf(claim).most);
            // A claim that holds with the worst case also holds with the observed value.
            if (worst !== null)
              expect(compare(value, comparison, worst) || value === worst).toBe(true);
          },
        ),
      );
    },
  );

  it.each(names)("watches every selector that it reads: %s", (name) => {
    const claim = claimOf(name);
    expect(selectorsOf(claim)[0]).toMatchObject({ metric: "answer_ms" });
    const watched = statisticOf(claim)
      .watches(claim)
      .map(({ metric }) => metric);
    for (const { metric } of namedBy(claim)) expect(watched).toContain(metric);
  });
});

describe("the list of statistics", () => {
  it("is the only place that names a statistic", () => {
    const branching =
      /(?<!typeof )\bstatistic\b\s*(===|!==|==|!=)\s*"|\(\w*\.?statistic\)\s*\{\s*case|\]\.includes\(\w*\.?statistic\)/;
    const paths = sourcesIn("harness", /\.(ts|js)$/);
    const found = paths.filter((path) => branching.test(readFileSync(join(root, path), "utf8")));
    expect(found).toEqual([]);
  });

  it("keeps claims typed: an unknown name or a missing field does not compile", () => {
    const base = {
      title: "t",
      metric: "m",
      comparison: "<=",
      limit: 1,
      during: ["fault"],
      samplesMin: 1,
    } as const;
    // @ts-expect-error there is no such statistic
    const unknown: Claim = { ...base, statistic: "p77" };
    // @ts-expect-error a share needs the tags that it counts
    const bare: Claim = { ...base, statistic: "share" };
    expect(() => statisticOf(unknown)).toThrow("p77");
    expect(claimShape.safeParse(bare).success).toBe(false);
  });
});
