import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { commandLineIn, type Printed } from "../../../test/support/cli/command-line-here.ts";
import { smallStorm } from "../../../test/support/experiments/small-storm.ts";
import { problemsOfForm } from "../../../test/support/report/junit-form.ts";
import { RunAborted } from "../../run/conductor.ts";
import { documentsIn, problemsOf } from "../../../test/support/documents.ts";
import { readRun } from "../../run/read-run.ts";
import { Recorder } from "../../run/recorder.ts";

let folder: string, storm: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-gate-"));
  storm = smallStorm(folder);
});

/** The gate in virtual time, on the simulated substrate. */
const gate = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  names = [storm],
  signal = new AbortController().signal,
): Promise<Printed> =>
  commandLineIn(folder, ["gate", ...names, "--out", "new", ...args], {
    env: { SEAWALL_SUBSTRATE: "simulated", ...env },
    signal,
  });

const only = (path: string): string => join(path, readdirSync(path).sort().at(-1) as string);

/**
 * Records the run again with every wait of viewers multiplied by `times`: an edited record would be
 * no baseline.
 */
async function stretch(directory: string, times: number): Promise<void> {
  const { id, plan, events, series } = await readRun(directory);
  const clock = {
    nowMs: () => events.at(-1)?.atMs ?? 0,
    monotonicMs: () => 0,
    sleep: () => Promise.resolve(),
  };
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
  await using recorder = new Recorder(directory, plan, clock, { runId: id, synced: false });
  for (const event of events) recorder.event(event);
  for (const { atMs, values, ...one } of series) {
    const factor = one.metric === "segment_ms" ? times : 1;
    const seriesId = recorder.series(one);
    for (const [index, at] of atMs.entries())
      recorder.sample(seriesId, at, (values[index] as number) * factor);
  }
}

function edit(path: string, change: (document: Record<string, unknown>) => void): void {
  const document = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  change(document);
  writeFileSync(path, JSON.stringify(document));
}

/** The name of each suite, and its number of failed cases. */
function suitesIn(xml: string): [string, number][] {
  expect(problemsOfForm(xml)).toEqual([]);
  return [
    ...xml.matchAll(/<testsuite name="([^"]*)" tests="\d+" failures="(\d+)" errors="(\d+)"/g),
  ].map(([, name = "", failures, errors]) => [name, Number(failures) + Number(errors)]);
}

const junitOf = (out: string): string =>
  readFileSync(join(only(join(folder, out, "gate")), "junit.xml"), "utf8");

describe("a gate in virtual time", () => {
  it("separates two experiments that begin in the same second", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    try {
      const names = [storm, smallStorm(folder, "other-storm")];
      expect(await gate(["--seed", "7"], {}, names)).toMatchObject({
        exitCode: 0,
      });
    } finally {
      vi.useRealTimers();
    }
    expect(suitesIn(junitOf("new"))).toEqual([
      ["origin-storm", 0],
      ["other-storm", 0],
    ]);
  });

  it("is an error in JUnit where it was stopped, and for each experiment not run", async () => {
    const stopped = new AbortController();
    stopped.abort(new RunAborted("user", "stopped by SIGTERM"));
    const { exitCode } = await gate(["--seed", "7"], {}, [storm, "instance-loss"], stopped.signal);
    expect(exitCode).toBe(130);
    const [first, second] = suitesIn(junitOf("new"));
    expect(first).toEqual(["origin-storm", expect.toSatisfy((count: number) => count > 0)]);
    expect(second).toEqual(["instance-loss", 1]);
  });

  it("keeps its result and its single document if the step summary cannot be written", async () => {
    const { exitCode, stdout, stderr } = await gate(["--json", "--seed", "7"], {
      GITHUB_STEP_SUMMARY: "/nonexistent/summary.md",
    });
    expect(exitCode).toBe(0);
    expect(documentsIn(stdout)).toHaveLength(1);
    expect(stderr).toContain("warning: the step summary was not written");
  });

  it("passes what held, as text, as a document, as JUnit and for a pull request", async () => {
    const { exitCode, stdout, stderr } = await gate(["--json", "--seed", "7"], {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    });
    expect(exitCode).toBe(0);
    expect(documentsIn(stdout).flatMap(problemsOf)).toEqual([]);
    expect(documentsIn(stdout)).toEqual([
      expect.objectContaining({ format: "seawall-gate/1", passed: true, baseline: null }),
    ]);
    expect(stderr).toContain("Gate passed: 1 passed");
    expect(readFileSync(join(folder, "summary.md"), "utf8")).toContain("### Gate passed");
    const files = only(join(folder, "new/gate"));
    const page = readFileSync(join(files, "report.html"), "utf8");
    expect(page).toContain("Gate passed");
    expect(page).toMatch(/<title>Simulated, [\s\S]*<body class="simulated">[\s\S]*>Simulated\.</);
    const index = readFileSync(join(folder, "new/index.html"), "utf8");
    expect(index).toMatch(/href="gate\/[^"]+\/report\.html"/);
    expect(readFileSync(join(files, "junit.xml"), "utf8")).toMatch(
      /<testsuite name="origin-storm" tests="\d+" failures="0" errors="0"/,
    );
  });

  it("closes for a refuted experiment, and annotates it", async () => {
    const { exitCode, stdout } = await gate(["--without", "collapsing"], {
      GITHUB_ACTIONS: "true",
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^::error title=origin-storm%3A refuted::.*%0A\S*\/seawall run \S*\/origin-storm\.ts --seed \d+ --substrate simulated --without collapsing$/m,
    );
  });

  it("closes for a confirmed regression, and not for what is unchanged", async () => {
    const made = async (out: string, ...seeds: readonly number[]): Promise<void> => {
      for (const seed of seeds) await gate(["--seed", String(seed), "--out", out]);
    };
    await made("new", 7);
    const alike = await gate(["--seed", "8", "--baseline", "new/origin-storm"]);
    expect(alike.stdout.replaceAll(/\s+/g, " ")).toContain(
      "Compared with 1 run of the baseline: nothing is shown to be worse. 1 run against 1: " +
        "no test can tell",
    );
    expect(alike.exitCode).toBe(0);
    mkdirSync(join(folder, "old"));
    await made("old", 9);
    await stretch(only(join(folder, "old/origin-storm")), 0.2);
    const few = await gate(["--seed", "10", "--baseline", "old", "--confirmations", "1", "--json"]);
    expect(few.exitCode).toBe(2);
    expect(documentsIn(few.stdout).flatMap(problemsOf)).toEqual([]);
    expect(documentsIn(few.stdout)).toMatchObject([
      {
        entries: [
          {
            outcome: "inconclusive",
            why: expect.stringContaining("the runs are too few to compare"),
          },
        ],
      },
    ]);
    for (const seed of [20, 30]) {
      await made("old", seed);
      await stretch(only(join(folder, "old/origin-storm")), 0.2);
    }
    const worse = await gate([
      "--seed",
      "40",
      "--baseline",
      "old",
      "--confirmations",
      "2",
      "--json",
    ]);
    expect(worse.exitCode).toBe(1);
    const [printed] = documentsIn(worse.stdout) as [
      { entries: { outcome: string; attempts: unknown[]; why: string }[] },
    ];
    expect(problemsOf(printed)).toEqual([]);
    expect(printed.entries[0]).toMatchObject({ outcome: "worse", attempts: [{}, {}, {}] });
    expect(printed.entries[0]?.why).toMatch(
      /^every claim held, but compared with the baseline .*(slower|times as long)/,
    );
  }, 60_000);

  it("judges a baseline itself, names what it omits, and does not pass without one", async () => {
    await gate(["--without", "collapsing", "--out", "old"]);
    const refuted = only(join(folder, "old/origin-storm"));
    edit(join(refuted, "plan.json"), (plan) => {
      plan["without"] = [];
    });
    edit(join(refuted, "verdict.json"), (verdict) => {
      verdict["status"] = "held";
    });
    const lying = await gate(["--seed", "8", "--baseline", "old"]);
    expect(lying.exitCode).toBe(2);
    expect(lying.stderr).toMatch(/^baseline: .*old\/origin-storm\/\S+ is skipped: refuted: /m);
    await gate(["--seed", "9", "--out", "bare"]);
    rmSync(join(only(join(folder, "bare/origin-storm")), "samples.csv.zst"));
    const bare = await gate(["--seed", "10", "--baseline", "bare"]);
    expect(bare.exitCode).toBe(2);
    expect(bare.stderr).toMatch(/is skipped: inconclusive: .*samples\.csv\.zst is missing/);
    expect(bare.stdout.replaceAll(/\s+/g, " ")).toContain(
      "every claim held, but no run of the baseline is conclusive: inconclusive: ",
    );
  }, 60_000);

  it("passes a fix: sound runs of the baseline were refuted, and these hold", async () => {
    writeFileSync(
      join(folder, "strict.ts"),
      `
      import base from "${storm}";
      export default {
        ...base,
        hypothesis: base.hypothesis.map((claim) =>
          claim.statistic === "ratio" ? { ...claim, limit: 0.1 } : claim,
        ),
      };`,
    );
    expect((await gate(["./strict.ts", "--seed", "7", "--out", "red"], {}, [])).exitCode).toBe(1);
    const { exitCode, stdout } = await gate(["--seed", "8", "--baseline", "red"]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "Better: every claim holds now; in the baseline not all did.",
    );
    expect(exitCode).toBe(0);
  }, 60_000);

  it("looks for a ref in the experiment's repository, and requires one", async () => {
    const own = join(folder, "mine.ts");
    writeFileSync(own, readFileSync(join(folder, storm)));
    const nowhere = await gate(["./mine.ts", "--baseline", "HEAD"], {}, []);
    expect(nowhere).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("mine.ts is not in a git repository"),
    });
    for (const args of [
      ["init", "-q"],
      ["add", "mine.ts"],
      ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "x"],
    ])
      execFileSync("git", ["-C", folder, ...args]);
    const commit = execFileSync("git", ["-C", folder, "rev-parse", "--short=12", "HEAD"], {
      encoding: "utf8",
    }).trim();
    const { exitCode, stdout, stderr } = await gate(
      ["./mine.ts", "--seed", "5", "--baseline", "HEAD", "--baseline-runs", "1"],
      {},
      [],
    );
    expect(stderr).toContain(`baseline ./mine.ts at HEAD (${commit}), seed 5`);
    expect(stdout).toContain(`HEAD (${commit})`);
    expect(exitCode).toBe(0);
  }, 120_000);

  it("refuses an unknown baseline, and does not pass on an empty one", async () => {
    const ofTheCatalogue = await gate(["--baseline", "no-such-branch"], {}, ["origin-storm"]);
    expect(ofTheCatalogue).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("neither a folder nor a git ref"),
    });
    mkdirSync(join(folder, "empty"));
    const { exitCode, stdout } = await gate(["--baseline", "empty"]);
    expect(exitCode).toBe(2);
    expect(stdout).toContain(
      "Gate closed: 1 passed; nothing could be compared with the baseline; check that it is " +
        "the right one",
    );
    expect(suitesIn(junitOf("new"))).toEqual([
      ["origin-storm", 0],
      ["gate", 1],
    ]);
  });

  it("refuses impossible numbers", async () => {
    for (const flags of [
      ["--retries", "9"],
      ["--baseline-runs", "0"],
      ["--confirmations", "x"],
    ])
      expect(await gate(flags)).toMatchObject({ exitCode: 64 });
  });
});
