/**
 * Every command of the documentation, as it stands there: what a reader types must work. Experiments run in virtual time; what cannot is run
 * for real below, or by the test that is named.
 */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { provision } from "../provision/provision.ts";
import { seawall } from "./seawall.fixture.ts";

const root = resolve(import.meta.dirname, "../..");
const pages = ["README.md", "CONTRIBUTING.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];

const elsewhere: readonly { readonly command: RegExp; readonly file: string; readonly has: string }[] = [
  { command: /^npm start$/, file: "harness/cli/run.process.test.ts", has: '"origin-storm"' },
  { command: /^npm test( -- hermetic)?$/, file: ".ci/run", has: "npm test" },
  { command: /^\.\/seawall up$/, file: "harness/cli/documentation.process.test.ts", has: 'seawall(["up"]' },
  { command: /^EDGE=\S+ k6 run experiments\/workloads\/viewers\.ts$/, file: "harness/cli/documentation.process.test.ts", has: '"run", "--quiet"' },
  { command: /^\.\/seawall image$/, file: "harness/substrates/docker/engine.fixture.ts", has: 'seawall(["image"])' },
  { command: /^\.\/seawall run \.\/examples\//, file: "harness/cli/examples.process.test.ts", has: "nginx-segments" },
  // Whole suites take minutes to an hour; that they can be run is asked of their plans.
  { command: /^\.\/seawall gate --suite (quick|release)( --baseline reports\/baseline)?$/, file: "experiments/suites.test.ts", has: '"quick", "release"' },
  { command: /^\.\/seawall gate --suite quick --baseline main$/, file: "harness/cli/documentation.process.test.ts", has: '"--baseline", "HEAD"' },
  // It waits for people.
  { command: /^\.\/seawall gameday \S+$/, file: "harness/cli/game-day/game-day.test.ts", has: "gameday" },
];

interface Line { readonly page: string; readonly command: string; readonly refuted: boolean }

/** Comments say what to expect: "must be refuted". */
function commandsIn(page: string): Line[] {
  const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block as string);
  return blocks.flatMap((block) => block.split("\n")).map((line) => ({ page, command: line.replace(/\s+#.*$/, "").trim(), refuted: /--without/.test(line) })).filter(({ command }) => command !== "");
}

const all = [...new Map(pages.flatMap(commandsIn).map((line) => [line.command, line])).values()];
const here = all.filter(({ command }) => !elsewhere.some((one) => one.command.test(command)));

/** A reader's folder, in which the names that stand for something of theirs are there. */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "seawall-docs-"));
  for (const name of ["seawall", "experiments", "examples", "harness", "targets", "schemas", "node_modules", "package.json"]) symlinkSync(join(root, name), join(folder, name));
  for (const name of ["RUN", "BEFORE", "AFTER", "A1", "A2", "A3", "B1", "B2", "B3", "reports/origin-storm/RUN"]) cpSync(join(root, "reports/sample"), join(folder, name), { recursive: true });
  writeFileSync(join(folder, "my-storm.ts"), readFileSync(join(root, "experiments/origin-storm.ts"), "utf8").replaceAll('"../', `"${root}/`).replaceAll('"./', `"${root}/experiments/`));
  return folder;
}

function typed(command: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<{ code: number | null; said: string }> {
  return new Promise((done) => {
    execFile("sh", ["-c", command], { cwd, timeout: 120_000, maxBuffer: 1e8, env: { ...process.env, SEAWALL_SUBSTRATE: "simulated", SEAWALL_REPORTS: join(cwd, "reports"), ...env } },
      (error, stdout, stderr) => done({ code: error === null ? 0 : typeof error.code === "number" ? error.code : null, said: `${stderr}${stdout}`.slice(-2_000) }));
  });
}

describe("a command of the documentation", () => {
  const folder = readersFolder();

  it("is found", () => {
    expect(all.length).toBeGreaterThan(20);
  });

  it.each(here.map((line) => [line.command, line.page, line] as const))("works as it stands: %s (%s)", async (command, _page, { refuted }) => {
    // A plan starts nothing, on whatever substrate.
    const { code, said } = await typed(command, folder, / plan /.test(command) ? { SEAWALL_SUBSTRATE: "process" } : {});
    expect(code, said).toBe(refuted ? 1 : 0);
  });

  it.each(elsewhere.map((one) => [String(one.command), one] as const))("that needs more is run by a test of its own: %s", (_name, { command, file, has }) => {
    expect(all.some((line) => command.test(line.command))).toBe(true);
    expect(readFileSync(join(root, file), "utf8")).toContain(has);
  });

  it("compares with a git ref, run by that ref's own code", async () => {
    const gate = await typed(["./seawall", "gate", "origin-storm", "--baseline", "HEAD"].join(" "), folder);
    expect(gate.code, gate.said).toBe(0);
    expect(gate.said).toMatch(/1 of 1 compared with HEAD \([0-9a-f]{12}\)/);
  });

  it("plays each workload with plain k6 against a target that was brought up", async () => {
    const { k6 } = await provision(["k6"], { env: process.env });
    const up = seawall(["up"]);
    await up.seen(/the target is up/);
    const [edge, gateway] = [/^region-a\/edge +(\S+)$/m, /^region-a\/gateway +(\S+)$/m].map((line) => line.exec(up.stdout())?.[1] ?? "none");
    const workloads = readdirSync(join(root, "experiments/workloads")).filter((name) => name.endsWith(".ts"));
    const played = await Promise.all(workloads.map(async (name) => ({
      name, ...await typed([k6?.executable ?? "k6", "run", "--quiet", "--no-usage-report", "--address", "127.0.0.1:0", `experiments/workloads/${name}`].join(" "), root, { ...k6?.env, EDGE: edge ?? "", GATEWAY: gateway ?? "" }),
    })));
    up.child.kill("SIGINT");
    await up.ended;
    for (const { name, code, said } of played) expect(code, `${name}: ${said}`).toBe(0);
    expect(played.length).toBeGreaterThan(5);
    expect(played.find(({ name }) => name === "viewers.ts")?.said).toMatch(/segment_ms/);
  });
});

it("links from page to page lead somewhere", () => {
  const broken = pages.flatMap((page) => [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target as string).filter((target) => !existsSync(resolve(root, page, "..", target))).map((target) => `${page}: ${target}`));
  expect(broken).toEqual([]);
});
