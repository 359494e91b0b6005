/** A k6 script that was there before: its scenarios, thresholds, setup, files and metrics. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { judged } from "../../test/support/cli/judged.ts";

const experiment = "./examples/own-script/visits-rush.ts";

it.concurrent("holds by its own thresholds, and its load is accounted for", async (test) => {
  const { out, exitCode, stderr, stdout } = await judged(test, () => ["run", experiment]);
  expect(exitCode, stderr + stdout).toBe(0);
  const { findings } = out.verdict();
  for (const id of ["generator.offered", "generator.iterations", "generator.on-time"])
    expect(findings.find((finding) => finding.id === id)).toMatchObject({ status: "held" });
  const metrics = new Set(findings.map(({ title }) => title));
  expect(metrics).toContain("orders_placed: rate>0.99 (threshold of visits.ts)");
});

it.concurrent("is refuted by one of them without the second try", async (test) => {
  const secret = "open-sesame-4711";
  const { out, exitCode, stderr, stdout } = await judged(
    test,
    () => ["run", experiment, "--without", "retries"],
    { SHOP_TOKEN: secret },
  );
  expect(exitCode, stderr + stdout).toBe(1);
  const refuted = out
    .verdict()
    .findings.filter(({ status }) => status === "refuted")
    .map(({ id }) => id);
  expect(refuted).toContain("claim.threshold-orders-placed-rate-above-0-99");
  for (const name of readdirSync(out.path, { recursive: true, encoding: "utf8" }))
    if (/\.(?:json|ndjson|log|html|xml|js)$/.test(name))
      expect(readFileSync(join(out.path, name), "utf8").includes(secret), name).toBe(false);
  expect(stderr + stdout).not.toContain(secret);
});
