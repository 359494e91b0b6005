import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import "../../targets/live-streaming/pack/pack.ts";
import { judge } from "../judge/judge.ts";
import { metricIn } from "../metrics/metrics.ts";
import { readRun } from "./read-run.ts";

const sample = resolve(import.meta.dirname, "../../reports/sample");
const folders: string[] = [];
function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "seawall-read-run-"));
  folders.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

it("reads a record without metrics with those of its time", async () => {
  const { plan, series } = await readRun(sample);
  expect(plan.harm?.metric).toBe("segment_ms");
  // Series of services that were always defined by the record alone.
  const others = new Set(
    series.map(({ metric }) => metric).filter((metric) => !metric.startsWith("origin_")),
  );
  expect(others.size).toBeGreaterThan(10);
  expect([...others].filter((metric) => metricIn(plan.metrics, metric) === undefined)).toEqual([]);
});

describe("an older record", () => {
  it("is completed by its target's pack: rhythm, bodies and facts", async () => {
    const { plan, damage } = await readRun(sample);
    expect(plan.pack).toBe("live-streaming");
    expect(plan.rhythm).toEqual({ ms: 2_000, name: "segment", zeroMs: 0 });
    expect(plan.bodies?.variants["v360"]?.leastBytes).toBeGreaterThan(0);
    expect(plan.bodies?.checksums).toBe(true);
    expect(plan.facts?.[0]?.value).toContain("2 s segments");
    expect(plan.otherEntries?.["gateways"]?.length).toBeGreaterThan(0);
    expect(plan.charts?.ofRun.map(({ id }) => id)).toContain("origin-fan-in");
    expect(damage).toEqual([]);
  });

  it("is inconclusive, with one clear line, without its pack", async () => {
    const copy = join(ownFolder(), "run");
    cpSync(sample, copy, { recursive: true });
    const plan = JSON.parse(readFileSync(join(copy, "plan.json"), "utf8")) as object;
    writeFileSync(join(copy, "plan.json"), JSON.stringify({ ...plan, pack: "tape-archive" }));
    const run = await readRun(copy);
    const line = `its target's pack is "tape-archive", which this installation does not have`;
    expect(run.damage.filter((one) => one.includes("pack"))).toEqual([line]);
    const whole = judge(run).findings.find(({ id }) => id === "record.whole");
    expect(whole?.status).toBe("inconclusive");
    expect(whole?.why).toContain(line);
  });
});
