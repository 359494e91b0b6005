/**
 * Runs every command of the documentation unchanged, because what a reader types must work.
 * Experiments run in virtual time; the others run on real processes below, or in the named test.
 */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { provision } from "../provision/provision.ts";
import { linkOf, OperatorClient } from "../../test/support/game-day/operator-client.ts";
import { seawall } from "../../test/support/cli/seawall.ts";

const root = resolve(import.meta.dirname, "../..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

const suites = /^\.\/seawall gate --suite (quick|release)( --baseline reports\/baseline)?$/;

/**
 * Commands that need more than typing a line and waiting for its end; the named test types each
 * unchanged.
 */
const elsewhere: readonly {
  readonly command: RegExp;
  readonly file: string;
  readonly has: string;
}[] = [
  // CI runs all of this; a test that ran it would run itself.
  { command: /^npm test( -- (hermetic|simulated))?$/, file: ".ci/run", has: "\nnpm test\n" },
  {
    command: /^\.\/seawall up$/,
    file: "harness/cli/documentation.process.test.ts",
    has: 'seawall(["up"]',
  },
  // Beside other tests it would stop their target.
  {
    command: /^\.\/seawall down$/,
    file: "harness/cli/command-line.test.ts",
    has: '"down"',
  },
  {
    command: /^EDGE=\S+ k6 run viewers\.js$/,
    file: "harness/cli/documentation.process.test.ts",
    has: '"run", "--quiet"',
  },
  {
    command: /^\.\/seawall image$/,
    file: "harness/cli/documentation.docker.test.ts",
    has: '"./seawall image"',
  },
  {
    command: /^\.\/seawall run \.\/examples\//,
    file: "harness/cli/examples.process.test.ts",
    has: "nginx-segments",
  },
  {
    command: /^(npm create seawall|npm install|npx seawall (plan|run) first-storm)$/,
    file: "packages/packages.process.test.ts",
    has: '"create-seawall"',
  },
  {
    command: /^\.\/seawall run origin-storm --runners local:\d$/,
    file: "harness/cli/runners.process.test.ts",
    has: '"--runners", "local:2"',
  },
  {
    command: suites,
    file: "harness/cli/documentation.process.test.ts",
    has: "suites.test(command)",
  },
  // A fresh clone may not have that ref.
  {
    command: /^\.\/seawall gate --suite quick --baseline main$/,
    file: "harness/cli/documentation.process.test.ts",
    has: '"--baseline", "HEAD"',
  },
  // It waits for people.
  {
    command: /^\.\/seawall gameday \S+$/,
    file: "harness/cli/documentation.process.test.ts",
    has: "new OperatorClient(await linkOf(",
  },
];

interface Line {
  readonly page: string;
  readonly command: string;
  readonly refuted: boolean;
}

/** Comments state the expected result: "must be refuted". */
function commandsIn(page: string): Line[] {
  const blocks = [
    ...readFileSync(join(root, page), "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm),
  ].map(([, block]) => block as string);
  return blocks
    .flatMap((block) => block.split("\n"))
    .map((line) => ({
      page,
      command: line.replace(/\s+#.*$/, "").trim(),
      refuted: /--without/.test(line),
    }))
    .filter(({ command }) => command !== "");
}

const all = [...new Map(pages.flatMap(commandsIn).map((line) => [line.command, line])).values()];
const here = all.filter(({ command }) => !elsewhere.some((one) => one.command.test(command)));

/** A reader's folder, with files for the placeholder names of the documentation. */
function readersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "seawall-docs-"));
  for (const name of [
    "seawall",
    "experiments",
    "examples",
    "harness",
    "targets",
    "schemas",
    "node_modules",
    "package.json",
  ])
    symlinkSync(join(root, name), join(folder, name));
  for (const name of ["RUN", "reports/origin-storm/RUN"])
    cpSync(join(root, "reports/sample"), join(folder, name), { recursive: true });
  for (const log of ["edge.log", "access.log"])
    writeFileSync(
      join(folder, log),
      '192.0.2.1 - - [03/Feb/2026:10:00:00 +0000] "GET /live/main/v720/7.m4s HTTP/1.1" 200 9\n',
    );
  // Copies of one run count as one run, so each compared run is separate.
  const compared = ["A1", "A2", "A3", "B1", "B2", "B3"];
  const copies = ["before/1", "before/2", "before/3", "after/1", "after/2", "after/3"];
  for (const [index, name] of compared.entries()) {
    const run = simulatedRun(index + 1, join(folder, `made-${name}`));
    for (const as of [name, copies[index] as string])
      cpSync(run, join(folder, as), { recursive: true });
  }
  writeFileSync(
    join(folder, "my-storm.ts"),
    readFileSync(join(root, "experiments/origin-storm.ts"), "utf8")
      .replaceAll('"../', `"${root}/`)
      .replaceAll('"./', `"${root}/experiments/`),
  );
  return folder;
}

/** The folder of a run of the origin storm in virtual time. */
function simulatedRun(seed: number, out: string): string {
  const args = ["run", "origin-storm", "--substrate", "simulated", "--seed", String(seed)];
  const { status } = spawnSync(join(root, "seawall"), [...args, "--out", out], { stdio: "ignore" });
  expect(status).toBe(0);
  const runs = join(out, "origin-storm");
  return join(runs, readdirSync(runs)[0] as string);
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

const environment = (cwd: string): NodeJS.ProcessEnv => ({
  ...process.env,
  SEAWALL_SUBSTRATE: "simulated",
  SEAWALL_REPORTS: join(cwd, "reports"),
});

function typed(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((done) => {
    execFile(
      "sh",
      ["-c", command],
      { cwd, timeout: 120_000, maxBuffer: 1e8, env: { ...environment(cwd), ...env } },
      (error, stdout, stderr) =>
        done({
          code: error === null ? 0 : typeof error.code === "number" ? error.code : null,
          output: `${stderr}${stdout}`.slice(-8_000),
        }),
    );
  });
}

/** Only a gap in the target's model is a reason not to run it in virtual time. */
function onlyTheModelLacks({ code, output }: Outcome): boolean {
  const problems = output.split("\n").filter((line) => line.startsWith("  - "));
  return (
    code === 64 && problems.length > 0 && problems.every((line) => /the model|simulated/.test(line))
  );
}

describe("a command of the documentation", () => {
  const folder = readersFolder();

  it("is found", () => {
    expect(all.length).toBeGreaterThan(20);
  });

  it.each(here.map((line) => [line.command, line.page, line] as const))(
    "works unchanged: %s (%s)",
    async (command, _page, { refuted }) => {
      // A plan starts nothing, on any substrate.
      const { code, output } = await typed(
        command,
        folder,
        / plan /.test(command) ? { SEAWALL_SUBSTRATE: "process" } : {},
      );
      expect(code, output).toBe(refuted ? 1 : 0);
    },
  );

  it.each(elsewhere.map((one) => [String(one.command), one] as const))(
    "that needs more is run by a separate test: %s",
    (_name, { command, file, has }) => {
      expect(all.some((line) => command.test(line.command))).toBe(true);
      expect(readFileSync(join(root, file), "utf8")).toContain(has);
    },
  );

  it.each(all.map(({ command }) => command).filter((command) => suites.test(command)))(
    "runs a whole suite in virtual time, as far as the target's model covers it: %s",
    async (command) => {
      const [before = ""] = command.split(" --baseline ");
      if (before !== command)
        await typed(before, folder, { SEAWALL_REPORTS: join(folder, "reports/baseline") });
      const gate = await typed(command, folder);
      // Suites that no model covers are refused before anything begins, with the reason.
      if (!onlyTheModelLacks(gate)) expect(gate.code, gate.output).toBe(0);
    },
  );

  it("conducts a game day with a person at its page", async () => {
    const [command] = all
      .map((line) => line.command)
      .filter((line) => /^\.\/seawall gameday \S+$/.test(line));
    const child = spawn("sh", ["-c", `exec ${command}`], {
      cwd: folder,
      env: environment(folder),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      stderr += part;
    });
    const ended = once(child, "close");
    try {
      const seen = (pattern: RegExp): Promise<void> =>
        expect.poll(() => stderr, { timeout: 20_000 }).toMatch(pattern) as unknown as Promise<void>;
      const anna = new OperatorClient(await linkOf({ seen, stderr: () => stderr }, "conductor"));
      // Go for the first, and skip the second. A virtual clock cannot be held, so there is no
      // decision within a step.
      await anna.answer(1, "go");
      await anna.until(() => anna.count("ended") === 1, "the first step's end");
      expect(
        anna.count("saw", ({ seen }) => seen.what === "injected" && seen.evidence.landed),
      ).toBe(1);
      await anna.answer(2, "no-go");
      const [code] = await ended;
      // A skipped step shows nothing.
      expect(code, stderr).toBe(2);
    } finally {
      child.kill("SIGINT");
      await ended;
    }
  });

  it("compares with a git ref, run by that ref's own code", async () => {
    const gate = await typed(
      ["./seawall", "gate", "origin-storm", "--baseline", "HEAD"].join(" "),
      folder,
    );
    expect(gate.code, gate.output).toBe(0);
    expect(gate.output).toMatch(/1 of 1 compared with HEAD \([0-9a-f]{12}\)/);
  });

  it("plays each workload with plain k6 against a running target", async () => {
    const { k6 } = await provision(["k6"], { env: process.env });
    const up = seawall(["up"]);
    await up.seen(/the target is up/);
    const [edge, gateway] = [/^region-a\/edge +(\S+)$/m, /^region-a\/gateway +(\S+)$/m].map(
      (line) => line.exec(up.stdout())?.[1] ?? "none",
    );
    const folder = join(root, "targets/live-streaming/pack/workloads");
    // A replay needs a trace.
    const workloads = readdirSync(folder).filter(
      (name) => name.endsWith(".ts") && name !== "replay.ts",
    );
    const scripts = mkdtempSync(join(tmpdir(), "seawall-scripts-"));
    const played = await Promise.all(
      workloads.map(async (name) => ({
        name,
        ...(await typed(
          [
            `node_modules/.bin/esbuild ${join(folder, name)} --bundle --format=esm`,
            `'--external:k6*' --log-level=warning --outfile=${join(scripts, `${name}.js`)} &&`,
            k6?.executable ?? "k6",
            "run",
            "--quiet",
            "--no-usage-report",
            "--address",
            "127.0.0.1:0",
            join(scripts, `${name}.js`),
          ].join(" "),
          root,
          { ...k6?.env, EDGE: edge ?? "", GATEWAY: gateway ?? "" },
        )),
      })),
    );
    up.child.kill("SIGINT");
    await up.ended;
    for (const { name, code, output } of played) expect(code, `${name}: ${output}`).toBe(0);
    expect(played.length).toBeGreaterThan(5);
    expect(played.find(({ name }) => name === "viewers.ts")?.output).toMatch(/segment_ms/);
  });
});
