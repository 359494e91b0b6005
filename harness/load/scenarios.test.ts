import { describe, expect, it } from "vitest";
import type { Load } from "../experiment/experiment.ts";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import { tailMs } from "../record/arrivals.ts";
import { entryScript, execOf, replayScenarioOf, scenarioOf, settingsOf } from "./scenarios.ts";

const load: Load = {
  name: "live",
  workload: "viewers",
  exec: "live",
  lane: "live",
  ratePerSecond: { baseline: 25, fault: 250, recovery: 0.1 },
  vus: 1_200,
};
const plan = {
  ...heldPlan(),
  leadInMs: 4_000,
  phasesMs: { baseline: 16_000, fault: 24_000, recovery: 20_000 },
};

const named = (workload: string): string => `/w/${workload}.ts`;

describe("scenario", () => {
  it("holds one rate in each phase and jumps between them", () => {
    const { stages, startRate, timeUnit } = scenarioOf(load, plan);
    expect({ startRate, timeUnit }).toEqual({ startRate: 250, timeUnit: "10s" });
    expect(stages).toEqual([
      { target: 250, duration: "0s" },
      { target: 250, duration: "20000ms" },
      { target: 2_500, duration: "0s" },
      { target: 2_500, duration: "24000ms" },
      { target: 1, duration: "0s" },
      { target: 1, duration: `${20_000 + tailMs}ms` },
    ]);
  });

  it("allocates no virtual users later, so that a shortage is visible", () => {
    const { preAllocatedVUs, maxVUs, executor, exec } = scenarioOf(load, plan);
    expect({ preAllocatedVUs, maxVUs, executor, exec }).toEqual({
      preAllocatedVUs: 1_200,
      maxVUs: 1_200,
      executor: "ramping-arrival-rate",
      exec: "load_live",
    });
  });

  it("uses whole milliseconds and whole numbers, as k6 requires", () => {
    const { stages } = scenarioOf(
      { ...load, ratePerSecond: { baseline: 1 / 3, fault: 2 / 3, recovery: 0 } },
      { ...plan, phasesMs: { baseline: 1_000.4, fault: 2_000.6, recovery: 3_000 } },
    );
    expect(stages.map((stage) => stage.target)).toEqual([3, 3, 7, 7, 0, 0]);
    for (const { duration } of stages) expect(duration).toMatch(/^\d+m?s$/);
  });
});

describe("the scenario of a replay", () => {
  const replay = { sends: { requests: 900 } } as NonNullable<Load["replay"]>;

  it("gives each request of the trace to the next free virtual user, until the load ends", () => {
    expect(replayScenarioOf(load, replay, plan)).toMatchObject({
      executor: "shared-iterations",
      exec: "load_live",
      vus: 900,
      iterations: 900,
      maxDuration: `${64_000 + tailMs + 1_000}ms`,
    });
  });

  it("runs the load's function at the moments of the trace", () => {
    const script = entryScript([load, { ...load, name: "again", replay }], named, "/a.ts", "/p.ts");
    expect(script).toContain('export const load_live = accounted(workload0["live"], 0);');
    expect(script).toContain(
      'export const load_again = paced("again", replays["again"], workload0["live"], 0);',
    );
    expect(entryScript([load], named, "/a.ts", "/p.ts")).not.toContain("paced");
  });
});

describe("the entry script", () => {
  const loads = [
    load,
    { ...load, name: "live-too", workload: "crowd" },
    { ...load, name: "start", workload: "crowd", exec: "start" },
  ];
  it("uses each load's function from its own workload, even if names collide, and wraps it", () => {
    const lines = entryScript(loads, named, "/h/accounted.ts", "/h/paced.ts").split("\n");
    expect(lines.filter((line) => line.startsWith("import * as"))).toEqual([
      'import * as workload0 from "/w/viewers.ts";',
      'import * as workload1 from "/w/crowd.ts";',
    ]);
    expect(lines.filter((line) => line.startsWith("export const load_"))).toEqual([
      'export const load_live = accounted(workload0["live"], 0);',
      'export const load_live_too = accounted(workload1["live"], 1);',
      'export const load_start = accounted(workload1["start"], 1);',
    ]);
  });

  it("lets a workload change neither the load nor its hosts", () => {
    const script = entryScript(loads, named, "/h/accounted.ts", "/h/paced.ts");
    expect(script.indexOf("scenarios, maxRedirects: 0, blacklistIPs: forbidden")).toBeGreaterThan(
      script.indexOf("own[name]"),
    );
    for (const name of ["hosts", "rps", "maxRedirects", "scenarios", "minIterationDuration", "dns"])
      expect(script).not.toContain(`"${name}"`);
  });

  it("imports a user's script from its own path", () => {
    const own = { ...load, workload: "/home/me/my shop/load.ts" };
    expect(entryScript([own], named, "/h/accounted.ts", "/h/paced.ts")).toContain(
      'import * as workload0 from "/home/me/my shop/load.ts";',
    );
  });

  it("exports the names of the scenarios", () => {
    for (const one of loads)
      expect(entryScript(loads, named, "/h/accounted.ts", "/h/paced.ts")).toContain(
        `export const ${scenarioOf(one, plan).exec} = `,
      );
    expect(new Set(loads.map(execOf)).size).toBe(loads.length);
  });
});

describe("settings", () => {
  it("contain the entry points by name", () => {
    const settings = JSON.parse(
      settingsOf(
        { ...plan, otherEntries: { gateways: ["region-a/gateway"] } },
        [load],
        [
          { host: "127.1.1.16", port: 18_000 },
          { host: "127.2.1.16", port: 18_000 },
        ],
        { gateways: [{ host: "127.1.1.17", port: 18_090 }] },
      ),
    ) as { entries: unknown; others: unknown; scenarios: object; seed: number };
    expect(settings.entries).toEqual([
      { name: "region-a/edge", url: "http://127.1.1.16:18000" },
      { name: "region-b/edge", url: "http://127.2.1.16:18000" },
    ]);
    expect(settings.others).toEqual({
      gateways: [{ name: "region-a/gateway", url: "http://127.1.1.17:18090" }],
    });
    expect(Object.keys(settings.scenarios)).toEqual(["live"]);
    expect(settings.seed).toBe(plan.seed);
  });
});
