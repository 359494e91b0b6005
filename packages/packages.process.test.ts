/** The packages as a user has them: packed, installed into a repository of their own, and run. */
import { cpSync, existsSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { referenceFiles } from "./create-seawall/files/reference.ts";
import {
  committed,
  type Ended,
  installed,
  nodeOf,
  packed,
  root,
  type Tarballs,
  textOf,
  typed,
  verdictIn,
  well,
} from "../test/support/packages.ts";

const oldest = "22.18.0";
const versions = [oldest, process.version.slice(1)];
const own = dirname(process.execPath);
const top = mkdtempSync(join(tmpdir(), "seawall-packages-"));
const user = join(top, "user");
const nodes = new Map<string, string>();
let tarballs: Tarballs;

beforeAll(async () => {
  for (const version of versions) nodes.set(version, await nodeOf(version));
  tarballs = await packed(join(top, "packed"));
  await installed(user, tarballs.seawall);
  cpSync(join(root, "examples/plain-http"), join(user, "shop"), { recursive: true });
});

/** The installed packages are large: their removal must not delay the end of the test run. */
afterAll(() => rm(top, { recursive: true, force: true }));

const nodeFor = (version: string): string => nodes.get(version) ?? "";
const seawall = (version: string, cwd: string, ...args: readonly string[]): Promise<Ended> =>
  typed(nodeFor(version), cwd, "npx", "seawall", ...args);

/** A busy machine makes a run inconclusive, never wrong: such a run is repeated. */
async function judged(run: () => Promise<Ended>): Promise<Ended> {
  for (let attempt = 1; ; attempt++) {
    const ended = await run();
    if (ended.exitCode !== 2 || attempt === 3) return ended;
  }
}

describe("the tarball", () => {
  it("holds what a run needs, and nothing else", async () => {
    const { stdout } = await well(own, top, "tar", "-tzf", tarballs.seawall);
    const names = stdout.trim().split("\n");
    for (const name of [
      "experiments/origin-storm.js",
      "targets/live-streaming/pack/workloads/viewers.js",
      "experiments/suites/quick.js",
      "harness/load/accounted.js",
      "harness/load/paced.js",
      "harness/provision/go/go.sum",
      "harness/report/page/page.css",
      "targets/image/Dockerfile",
      "schemas/plan.v2.json",
      "seawall",
      "targets/live-streaming/edge/vcl/edge.vcl",
      "targets/live-streaming/edge-nginx/nginx/nginx.conf",
      "targets/live-streaming/pack/players/page/player.html",
      "node_modules/dashjs/dist/modern/umd/dash.all.min.js",
      "docs/reference/experiments.md",
      "docs/writing-a-target.md",
      "examples/plain-http/order-rush.ts",
    ])
      expect(names, name).toContain(`package/${name}`);
    expect(
      names
        .filter((name) => !name.startsWith("package/examples/"))
        .filter((name) => /\.test\.|(?<!\.d)\.ts$|package\/(test|reports)\//.test(name)),
    ).toEqual([]);
    expect(JSON.parse(textOf(tarballs.folder, "package.json"))).not.toHaveProperty("scripts");
  });

  it("has no fault that publint or attw knows", async () => {
    const bin = join(root, "node_modules");
    await well(
      own,
      root,
      process.execPath,
      join(bin, "publint/src/cli.js"),
      tarballs.folder,
      "--strict",
    );
    await well(
      own,
      root,
      process.execPath,
      join(bin, "@arethetypeswrong/cli/dist/index.js"),
      tarballs.seawall,
      "--profile",
      "esm-only",
      "--exclude-entrypoints",
      "./schemas/*",
    );
  });

  it("gives an experiment of the user's its types", async () => {
    writeFileSync(
      join(user, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          module: "nodenext",
          target: "es2024",
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          allowImportingTsExtensions: true,
          skipLibCheck: false,
          types: ["node"],
          typeRoots: [join(root, "node_modules/@types")],
        },
        include: ["shop"],
      }),
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await typed(own, user, process.execPath, tsc, "-p", ".");
    expect(stdout).toBe("");
  });
});

describe.each(versions)("on Node %s", (version) => {
  it("plans what comes with it, and what the user has", async () => {
    const { exitCode, stdout } = await seawall(version, user, "plan", "shop/order-rush.ts");
    expect(stdout).toContain(
      "Run it: npx seawall run ./shop/order-rush.ts --seed 1 --substrate process",
    );
    expect(exitCode).toBe(0);
    const named = await seawall(version, user, "plan", "origin-storm", "--json");
    expect(JSON.parse(named.stdout)).toMatchObject({ experiment: "origin-storm" });
    // Of the package, the repository around it says nothing.
    expect(JSON.parse(named.stdout)).not.toHaveProperty("git");
  });

  it("simulates, and keeps the run where the user is", async () => {
    const ended = await seawall(
      version,
      user,
      "run",
      "origin-storm",
      "--substrate",
      "simulated",
      "--seed",
      "3",
      "--json",
    );
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(existsSync(join(user, "reports/index.html"))).toBe(true);
    const repeated = await typed(
      nodeFor(version),
      user,
      "sh",
      "-c",
      /^rerun +(.*)$/m.exec(ended.stderr)?.[1] ?? "false",
    );
    expect(repeated.exitCode, repeated.stderr).toBe(0);
  });
});

// They mostly wait, so they do it beside one another.
describe.concurrent.each(versions)("on Node %s, in real time", (version) => {
  it("runs the user's own target", async () => {
    const label = `on ${version}`;
    const ended = await judged(() =>
      seawall(version, user, "run", "shop/order-rush.ts", "--label", label, "--json"),
    );
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    const index = await seawall(version, user, "index", "--json");
    expect(JSON.parse(index.stdout).runs).toContainEqual(
      expect.objectContaining({
        experiment: "order-rush",
        status: "held",
        subject: expect.stringContaining(label),
      }),
    );
  });
});

describe("a gate against a ref", () => {
  const storm = (share: number): string =>
    Object.values(referenceFiles({}, "ts"))
      .join("\n")
      .replace(/^export \{ liveStreaming as target \}/m, "import { liveStreaming as target }")
      .replace(/^import \{ target \}.*$/m, "")
      .replace("limit: 0.999,", `limit: ${share},`);

  it("is the user's, and the baseline has the packages of that commit", async () => {
    const folder = mkdtempSync(join(user, "refs-"));
    const file = join(folder, "first-storm.ts");
    writeFileSync(file, storm(0.9));
    const commit = await committed(user, "one");
    writeFileSync(file, storm(0.99));
    const { exitCode, stdout, stderr } = await seawall(
      oldest,
      user,
      "gate",
      relative(user, file),
      "--substrate",
      "simulated",
      "--seed",
      "5",
      "--baseline",
      "HEAD",
      "--baseline-runs",
      "1",
    );
    expect(stdout, stderr).toContain(`HEAD (${commit.slice(0, 12)})`);
    expect(exitCode, stderr).toBe(0);
    const plans = readdirSync(join(user, `reports/baseline/${commit.slice(0, 12)}/first-storm`));
    expect(plans).toHaveLength(1);
    const plan = JSON.parse(
      textOf(
        user,
        `reports/baseline/${commit.slice(0, 12)}/first-storm`,
        plans[0] ?? "",
        "plan.json",
      ),
    );
    expect(plan).toMatchObject({ git: { commit, changed: false } });
    expect(plan.hypothesis).toContainEqual(expect.objectContaining({ limit: 0.9 }));
  });

  it("is refused in one line for what comes with the package", async () => {
    const { exitCode, stderr } = await seawall(
      oldest,
      user,
      "gate",
      "origin-storm",
      "--substrate",
      "simulated",
      "--baseline",
      "HEAD",
    );
    expect(exitCode).toBe(64);
    expect(stderr).toContain("origin-storm comes with the package, which has no refs");
  });
});

describe("npm create seawall", () => {
  const created = async (name: string, ...flags: readonly string[]): Promise<string> => {
    const folder = mkdtempSync(join(top, `${name}-`));
    await well(
      nodeFor(oldest),
      folder,
      "npm",
      "exec",
      "--yes",
      "--prefer-offline",
      `--package=${tarballs.create}`,
      "--",
      "create-seawall",
      "--seawall",
      `file:${tarballs.seawall}`,
      ...flags,
    );
    return folder;
  };

  it("comes to a first verdict on the reference backend within a minute", async () => {
    const beganMs = performance.now();
    const folder = await created("reference", "--yes");
    await well(nodeFor(oldest), folder, "npm", "install", "--prefer-offline");
    const ended = await seawall(oldest, folder, "run", "--substrate", "simulated", "--json");
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(verdictIn(ended)).toMatchObject({ status: "held" });
    expect(performance.now() - beganMs).toBeLessThan(60_000);
  });

  it("comes to a first verdict on an address", async () => {
    const server = createServer((_request, response) => response.end("here")).listen(
      0,
      "127.0.0.1",
    );
    try {
      await new Promise((ready) => server.once("listening", ready));
      const { port } = server.address() as AddressInfo;
      const folder = await created(
        "address",
        "--kind",
        "address",
        "--address",
        `http://127.0.0.1:${port}/`,
      );
      // What is installed there is the same.
      symlinkSync(join(user, "node_modules"), join(folder, "node_modules"), "dir");
      const ended = await judged(() => seawall(oldest, folder, "run", "first-storm", "--json"));
      expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
      expect(verdictIn(ended)).toMatchObject({ status: "held" });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
