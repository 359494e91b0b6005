import { describe, expect, it } from "vitest";
import { claimShape } from "./experiment-schema.ts";
import { claimsOfThresholds, type K6Kind } from "./thresholds.ts";

const kinds: Readonly<Record<string, K6Kind>> = {
  http_req_duration: "trend",
  checks: "rate",
  spent: "counter",
  busy: "gauge",
};
const of = (thresholds: unknown) =>
  claimsOfThresholds(thresholds, "visits.ts", (name) => kinds[name] ?? null);

describe("thresholds of a script", () => {
  it("become claims of each phase, that an experiment may hold", () => {
    const { claims, problems } = of({
      http_req_duration: ["p(95)<500", { threshold: "avg <= 100.5" }],
      "http_req_duration{scenario:rush, kind:page}": "med<50",
      checks: ["rate>0.99"],
      spent: ["rate>=80"],
    });
    expect(problems).toEqual([]);
    expect(
      claims.map(({ metric, where, statistic, comparison, limit }) => [
        metric,
        where,
        statistic,
        comparison,
        limit,
      ]),
    ).toEqual([
      ["http_req_duration", undefined, "p95", "<", 500],
      ["http_req_duration", undefined, "mean", "<=", 100.5],
      ["http_req_duration", { load: "rush", kind: "page" }, "p50", "<", 50],
      ["checks", undefined, "mean", ">", 0.99],
      ["spent", undefined, "rate", ">=", 80],
    ]);
    for (const claim of claims) expect(claimShape.safeParse(claim).success, claim.id).toBe(true);
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
  });

  it.each<readonly [string, unknown, RegExp]>([
    ["spent", "count<100", /a total over the whole test says nothing of a phase/],
    ["busy", "value<5", /the last value of a test says nothing of a phase/],
    ["http_req_duration", "p(99.9)<500", /the quantiles of claims are/],
    ["http_req_duration", "min<5", /no claim is about the min/],
    ["http_req_duration{name:home}", "p(95)<5", /the tag name is not recorded/],
    ["none", "rate<1", /nothing makes this metric/],
    ["checks", "rate>0.9 and rate<1", /not of k6's form/],
    ["checks", 5, /not of k6's form/],
    ["checks", { threshold: "rate>0.9", abortOnFail: true }, /abortWhen/],
  ])("are refused with a reason: %s %j", (selector, threshold, reason) => {
    const { claims, problems } = of({ [selector]: [threshold] });
    expect(claims).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(reason)]);
  });
});
