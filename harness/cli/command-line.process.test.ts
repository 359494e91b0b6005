import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type CommandLine, commandLineHere } from "../../test/support/cli/command-line-here.ts";
import { exitCodes } from "../base/errors.ts";
import { documentsIn, problemsOf } from "../../test/support/documents.ts";

const root = resolve(import.meta.dirname, "../..");
let folder: string, seawall: CommandLine, file: (name: string, text: string) => string;

beforeEach(() => {
  ({ folder, seawall, file } = commandLineHere());
});

describe("the command line", () => {
  it("refuses a user's own target for the image, which does not contain it", async () => {
    const own = join(root, "examples/running-already/slow-way-in.ts");
    expect(await seawall("plan", own, "--substrate", "docker")).toMatchObject({
      exitCode: 64,
      stdout: "",
      stderr: expect.stringContaining("cannot run a target of your own"),
    });
    const { stdout } = await seawall("plan", own, "--substrate", "auto", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      substrate: "process",
      substrateWhy: "not docker: its image does not contain the target",
    });
  });

  it.each([
    [["rum"], /Did you mean run/],
    [["run"], /no experiment to run: name one, or a suite with --suite/],
    [["run", "--suite", "quik"], /unknown suite "quik"; did you mean "quick"/],
    [
      ["run", "origin-storm", "--suite", "quick"],
      /either the suite quick or origin-storm, not both/,
    ],
    [["run", "origin-storm", "--sed", "1"], /Did you mean --seed/],
    [["run", "origin-storm", "--seed", "-1"], /whole number/],
    [["run", "origin-storm", "--seed", "1e3"], /whole number/],
    [["run", "orgin-storm"], /did you mean "origin-storm"/],
    [["run", "./nothing.ts"], /no experiment file/],
    [["plan", "origin-storm", "--topology", "quik"], /did you mean "quick"/],
    [["plan", "origin-storm", "--without", "colapsing"], /did you mean "collapsing"/],
    [["plan", "origin-storm", "--substrate", "dcoker"], /did you mean "docker"/],
    [["run", "origin-storm", "--out", ""], /must name a folder/],
    [["judge", "nowhere"], /there is no run directory/],
    [["judge", "."], /it has no plan\.json/],
  ])("refuses %j with one clear message and exit status 64", async (args, message) => {
    const { exitCode, stdout, stderr } = await seawall(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(stdout).toBe("");
    expect(exitCode).toBe(64);
  });

  it("reports every problem of an experiment at once", async () => {
    const { exitCode, stderr } = await seawall(
      "plan",
      file(
        "wrong.ts",
        `
      import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
      export default {
        ...base,
        reliesOn: ["luck"],
        load: base.load.map((load) => ({ ...load, exec: "lvie" })),
        method: [{ atMs: 0, forMs: 1e6, fault: { kind: "kill", service: "region-c/origin-read" } }],
      };`,
      ),
    );
    expect(exitCode).toBe(64);
    for (const problem of [
      /unknown defence "luck"/,
      /did you mean "live"/,
      /unknown service "region-c\/origin-read"/,
      /fault phase of/,
    ])
      expect(stderr).toMatch(problem);
  });

  it("plans an experiment file that is almost the same", async () => {
    const path = file(
      "mine.ts",
      "import base from " +
        `${JSON.stringify(join(root, "experiments/origin-storm.ts"))};\nexport default { ` +
        `...base, name: "mine" };`,
    );
    const { exitCode, stdout } = await seawall(
      "plan",
      path,
      "--json",
      "--seed",
      "7",
      "--without",
      "collapsing",
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      experiment: "mine",
      seed: 7,
      without: ["collapsing"],
      rerun:
        `${join(root, "seawall")} run ${resolve(folder, path)} --seed 7 --substrate process ` +
        "--without collapsing",
    });
  });

  it("shows what a plan will do, verify and undo", async () => {
    const path = file(
      "gorilla.ts",
      `
      import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
      const { services } = base.target.topologies.quick.layout();
      const links = { from: { kind: "edge" }, to: { kind: "origin-read", region: "region-a" } };
      const latency = { kind: "latency", links, delayMs: 100, jitterMs: 20 };
      export default {
        ...base,
        name: "gorilla-of-mine",
        method: [
          { atMs: 2_000, forMs: 4_000, fault: latency },
          { atMs: 8_000, forMs: 4_000, fault: { kind: "zoneLoss", zone: "region-b-1" } },
        ],
        blastRadius: { services: services.map(({ name }) => name), faultsAtOnceMax: 1 },
      };`,
    );
    const { exitCode, stdout, stderr } = await seawall("plan", path, "--substrate", "process");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    for (const part of [
      /^target {5}live-streaming, topology quick$/m,
      /^ +region-a-1: .*region-a\/cassandra/m,
      /^ {2}live \(live\) +20 +200 +20$/m,
      /\+18\.0 s {4}latency of 100 ± 20 ms from edge to origin-read of region region-a\n +on region-a\/edge>region-a\/origin-read:http, region-b\/edge>region-a\/origin-read:http\n +landed when pings over each link take that long/,
      /\+22\.0 s {4}undo latency.*\n +remove the delay/,
      /\+24\.0 s {4}lose zone region-b-1\n +strikes .*region-b\/cassandra.*\n +landed when each process of it is gone/,
      /\+28\.0 s {4}undo lose zone region-b-1\n +restart all and check that each is ready/,
      /^Claims$/m,
    ])
      expect(stdout).toMatch(part);
  });

  it("refuses a tier whose prerequisite has not held, without --force", async () => {
    const path = file(
      "kong.ts",
      "import base from " +
        `${JSON.stringify(join(root, "experiments/origin-storm.ts"))};\nexport default { ` +
        `...base, name: "kong-of-mine", tier: "kong", requires: ["never-run"] };`,
    );
    const refused = await seawall("plan", path);
    expect(refused.exitCode).toBe(64);
    for (const part of [
      /requires: "never-run" has not been run on live-streaming/,
      /an experiment of tier gorilla must have held/,
      /Run the prerequisites first, or add --force/,
    ])
      expect(refused.stderr).toMatch(part);
    const forced = await seawall("plan", path, "--force");
    expect(forced.exitCode).toBe(0);
    expect(forced.stdout).toMatch(/^note {7}run with --force, although requires: "never-run"/m);
    expect(forced.stdout).toMatch(/--force$/m);
    expect((await seawall("run", path)).stderr).toMatch(
      /an experiment of tier gorilla must have held/,
    );
  });

  it("refuses an unwritable output folder before anything starts", async () => {
    file("taken", "a file");
    const { exitCode, stderr } = await seawall("run", "origin-storm", "--out", "taken/reports");
    expect(stderr).toMatch(/cannot write .*taken\/reports: ENOTDIR\n.*--out DIR/);
    expect(exitCode).toBe(64);
  });

  it.skipIf(process.platform !== "linux")(
    "refuses an output folder below /proc instead of hanging",
    async () => {
      const { exitCode, stderr } = await seawall(
        "run",
        "origin-storm",
        "--out",
        "/proc/nowhere/reports",
      );
      expect(stderr).toMatch(/cannot write \/proc\/nowhere\/reports: ENOENT/);
      expect(exitCode).toBe(64);
    },
  );

  it("refuses a machine that a dead run left dirty, and recover cleans it", async () => {
    mkdirSync(join(folder, "state"));
    const scratch = join(folder, "scratch");
    mkdirSync(scratch);
    const lines = [
      { owner: { runId: "dead", pid: 2 ** 22 + 1, startTicks: 1, directory: folder } },
      { entry: { kind: "directory", path: scratch }, id: 0 },
    ];
    file("state/dead.ndjson", lines.map((line) => JSON.stringify(line)).join("\n"));
    const refused = await seawall("run", "origin-storm");
    expect(refused.stderr).toMatch(/dead\n.*seawall recover/);
    expect(refused.exitCode).toBe(4);
    expect(await seawall("recover")).toMatchObject({
      exitCode: 0,
      stdout: "dead: everything undone\n",
    });
    expect(() => readFileSync(scratch)).toThrow("ENOENT");
    expect((await seawall("recover")).stdout).toBe("nothing to recover\n");
  });

  it.each([
    [["list", "--json"], 0],
    [["plan", "origin-storm", "--json"], 0],
    [["judge", "SAMPLE", "--json"], 0],
    [["recover", "--json"], 0],
    [["index", "--json", "--out", "reports"], 0],
    [["down", "--json"], 0],
    [["compose", "--json"], 0],
    [["report", "COPY", "--json"], 0],
    [["plan", "orgin-storm", "--json"], 64],
    [["judge", "nowhere", "--json"], 64],
    [["plan", "--json"], 64],
    [["run", "origin-storm", "--json", "--seed", "x"], 64],
    [["run", "origin-storm", "--json", "--substrate", "simulated"], 0],
  ])(
    "prints for %j documents that match their published schemas, including failures",
    async (args, status) => {
      mkdirSync(join(folder, "state"));
      file(
        "state/dead.ndjson",
        JSON.stringify({
          owner: { runId: "dead", pid: 2 ** 22 + 1, startTicks: 1, directory: folder },
        }),
      );
      cpSync(join(root, "reports/sample"), join(folder, "copy"), { recursive: true });
      const { exitCode, stdout, stderr } = await seawall(
        ...args.map((arg) => ({ SAMPLE: join(root, "reports/sample"), COPY: "copy" })[arg] ?? arg),
        ...(args[0] === "run" ? ["--out", "reports"] : []),
      );
      expect(exitCode).toBe(status);
      const printed = documentsIn(stdout);
      expect(printed).not.toEqual([]);
      expect(printed.flatMap(problemsOf)).toEqual([]);
      if (status >= exitCodes.usage)
        expect(printed).toEqual([
          expect.objectContaining({ format: "seawall-error/1", exitCode: status }),
        ]);
      if (status >= exitCodes.usage) expect(stderr).not.toBe("");
    },
  );
});
