import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ScriptedExperiment } from "../experiment/experiment.ts";
import { withOwnScripts, workloadNotes } from "./own-scripts.ts";
import { workloadExports, workloadMetrics, workloadVersion } from "./workload-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-scripts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const rate = 'executor: "constant-arrival-rate", rate: 7';
const scenario = `{ ${rate}, duration: "1m", preAllocatedVUs: 3 }`;
const experiment = (load: readonly unknown[]): ScriptedExperiment =>
  ({
    phasesMs: { baseline: 8_000, fault: 8_000, recovery: 8_000 },
    load,
    hypothesis: [{ id: "own" }],
  }) as unknown as ScriptedExperiment;
const placed = (load: readonly unknown[]) =>
  withOwnScripts(experiment(load), join(folder, "experiment.ts"));

describe("scripts of the user's own", () => {
  it("lie from the experiment's file on, with packages and files of their own", async () => {
    write("node_modules/rates/package.json", '{"name":"rates","main":"./index.js"}');
    write("node_modules/rates/index.js", "exports.perSecond = () => 7;");
    write("data/rates.json", '{"vus": 3}');
    write("vus.txt", "3");
    write(
      "load/viewer.ts",
      `import http from "k6/http";
       import { Trend } from "k6/metrics";
       import { perSecond } from "rates";
       import { vus } from "../data/rates.json";
       import { waited } from "./metrics";
       enum Kind { live = "live" }
       const extra = Number(open("../vus.txt"));
       const { entries } = JSON.parse(__ENV.SEAWALL_LOAD ?? "{}");
       const own = new Trend("own_ms", true);
       export const options = { scenarios: { [Kind.live]: {
         ...${scenario}, rate: perSecond(), preAllocatedVUs: vus + extra + entries.length } } };
       export default function (): void { waited.add(own === http ? 1 : 2); }`,
    );
    write(
      "load/metrics.ts",
      'import { Rate } from "k6/metrics";\nexport const waited = new Rate("waited");',
    );
    const { load } = await placed([{ workload: "./load/viewer.ts", scenarios: true }]);
    const workload = join(folder, "load", "viewer.ts");
    expect(load).toEqual([
      {
        name: "live",
        workload,
        exec: "default",
        lane: "live",
        ratePerSecond: { baseline: 7, fault: 7, recovery: 7 },
        vus: 7,
      },
    ]);
    expect(workloadExports(undefined, workload)).toEqual(["default"]);
    expect(Object.keys(workloadMetrics(undefined, workload)).sort()).toEqual(["own_ms", "waited"]);
  });

  it("have another version after a change of anything that they import", async () => {
    const path = write("a.ts", 'import { b } from "./b.ts"; export default () => b;');
    write("b.ts", "export const b = 1;");
    const before = workloadVersion(undefined, path);
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    write("b.ts", "export const b = 22;");
    expect(workloadVersion(undefined, path)).not.toBe(before);
    expect(workloadVersion(undefined, "viewers")).toBeNull();
  });

  it("give their thresholds as claims, once, unless they are left out", async () => {
    write(
      "a.js",
      `import { Rate } from "k6/metrics";
       const good = new Rate("good");
       export const options = { scenarios: { one: ${scenario}, two: ${scenario} },
         thresholds: { good: ["rate>0.9"] } };
       export default () => good.add(1);`,
    );
    const all = await placed([{ workload: "./a.js", scenarios: true }]);
    expect(all.load.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(all.hypothesis.slice(1)).toMatchObject([{ metric: "good", statistic: "mean" }]);
    const none = await placed([{ workload: "./a.js", scenarios: true, thresholds: false }]);
    expect(none.hypothesis).toHaveLength(1);
    const said = await placed([{ workload: "./a.js", exec: "default", thresholds: false }]);
    expect(said).toMatchObject({
      load: [{ workload: join(folder, "a.js"), exec: "default" }],
      hypothesis: [{ id: "own" }],
    });
    expect(said.load[0]).not.toHaveProperty("thresholds");
  });

  it.each<readonly [string, string, RegExp]>([
    [
      "imports a module of another host",
      'import x from "https://a.example/x.js"; x();',
      /imports https:/,
    ],
    [
      "imports what is not there",
      'import x from "./none.ts"; x();',
      /a\.ts:1:\d+: Could not resolve/,
    ],
    ["is no module", "export default function ( {", /not a module that k6 can run/],
    [
      "has thresholds and cannot be asked",
      'throw new Error("no"); export const options = { thresholds: {} };',
      /options of the workload .* cannot be read: no/,
    ],
    [
      "has a threshold that is no claim",
      'export const options = { thresholds: { a: ["count>1"] } };',
      /threshold a: count>1: nothing makes this metric/,
    ],
  ])("are refused where one %s", async (_what, text, reason) => {
    write("a.ts", text);
    await expect(
      placed([{ workload: "./a.ts", exec: "default" }]).then(({ load }) =>
        workloadExports(undefined, load[0]?.workload ?? ""),
      ),
    ).rejects.toThrow(reason);
  });

  it("are missed where there are none", async () => {
    await expect(placed([{ workload: "./none.ts", scenarios: true }])).rejects.toThrow(
      /there is no file .*none\.ts/,
    );
  });

  it("say which of their words have no effect", async () => {
    write(
      "a.js",
      `export const options = { scenarios: { one: ${scenario} }, vus: 5, userAgent: "me" };
       export default () => {};
       export const handleSummary = () => ({});`,
    );
    const path = join(folder, "a.js");
    await placed([{ workload: "./a.js", exec: "default" }]);
    expect(workloadNotes(path)).toEqual([
      "a.js: options.scenarios has no effect, as the experiment has its own load",
      "a.js: without effect in options: vus",
      "a.js: handleSummary is not called",
    ]);
    await placed([{ workload: "./a.js", scenarios: true }]);
    expect(workloadNotes(path)[0]).toBe("a.js: without effect in options: vus");
    expect(workloadNotes("viewers")).toEqual([]);
  });
});
