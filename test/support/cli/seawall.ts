/** Drives the real command line in tests, as a user would. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunEvent } from "../../../harness/record/events.ts";
import type { Verdict } from "../../../harness/record/verdict.ts";
import { testsPrefix } from "../../../harness/run/left-runs.ts";
import { listProcesses, runVariable } from "../../../harness/system/processes.ts";

const root = resolve(import.meta.dirname, "../../..");

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard error matches. Rejects if the command ends first. */
  seen(pattern: RegExp): Promise<void>;
  /** Its output so far. */
  stdout(): string;
  stderr(): string;
}

export function seawall(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd: string = root,
): Started {
  // These tests would otherwise use docker wherever an engine answers.
  const child = spawn(join(root, "seawall"), [...args], {
    cwd,
    env: { ...process.env, SEAWALL_SUBSTRATE: "process", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "",
    stderr = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    stdout += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    stderr += part;
  });
  const ended = once(child, "close").then(([exitCode, signal]) => ({
    exitCode: exitCode as number | null,
    signal: signal as string | null,
    stdout,
    stderr,
  }));
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    seen: async (pattern) => {
      let over = false;
      void ended.then(() => {
        over = true;
      });
      while (!pattern.test(stderr)) {
        if (over) throw new Error(`ended without ${pattern}:\n${stderr}`);
        await new Promise((wake) => setTimeout(wake, 20));
      }
    },
  };
}

/** A folder for one test's runs, and a way to find its only run. */
export function outFolder(): {
  readonly path: string;
  run(): string;
  events(): RunEvent[];
  verdict(): Verdict;
} {
  const path = mkdtempSync(join(tmpdir(), "seawall-test-"));
  const run = (): string => {
    const experiment = readdirSync(path, { withFileTypes: true }).find((entry) =>
      entry.isDirectory(),
    )?.name as string;
    return join(path, experiment, readdirSync(join(path, experiment)).sort().at(-1) as string);
  };
  return {
    path,
    run,
    events: () =>
      readFileSync(join(run(), "events.ndjson"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as RunEvent),
    verdict: () => JSON.parse(readFileSync(join(run(), "verdict.json"), "utf8")) as Verdict,
  };
}

/**
 * The origin storm in miniature, as a user's own experiment file. It shows what a run does, and
 * proves no claim. Each half of its baseline is a whole number of segments, because halves with one
 * and two of them would not be steady.
 */
export function shortExperiment(folder: string): string {
  const path = join(folder, "short.ts");
  writeFileSync(
    path,
    `
    import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
    const rates = {
      live: { baseline: 10, fault: 150, recovery: 10 },
      dvr: { baseline: 10, fault: 20, recovery: 10 },
    };
    export default {
      ...base,
      name: "short",
      phasesMs: { baseline: 8_000, fault: 8_000, recovery: 12_000 },
      recovery: { ...base.recovery, withinMs: 4_000 },
      load: base.load.map((load) => ({ ...load, ratePerSecond: rates[load.name], vus: 500 })),
      // Of a dozen segments, edges may request half twice as an origin dies. Without collapsing,
      // each early viewer makes a request. Of 50 at an edge and rendition, 12 arrive in the least
      // 100 of 400 ms that a packager takes. Half of those requests may be lost with the killed
      // origin's last unread second.
      hypothesis: base.hypothesis.map((claim) => ({
        ...claim,
        samplesMin: 1,
        ...(claim.statistic === "ratio" ? { limit: 2 } : {}),
      })),
      method: [
        { atMs: 3_000, forMs: 3_000, fault: { kind: "kill", service: "region-a/origin-read" } },
      ],
    };`,
  );
  return path;
}

/**
 * All processes on this machine that a run of the given folder's Seawall state started; with
 * `runIds`, only of these runs.
 */
export function leftovers(cacheOfTest: string, runIds?: readonly string[]): string[] {
  const isOf = (text: string): boolean =>
    runIds === undefined || runIds.some((id) => text.includes(id));
  const processes = listProcesses().flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
      return environment.includes(`${runVariable}=`) && isOf(environment)
        ? [`process ${pid}: ${readFileSync(`/proc/${pid}/comm`, "utf8").trim()}`]
        : [];
    } catch {
      return [];
    }
  });
  const folders = readdirSync(tmpdir()).filter((name) => /^seawall-(up-)?\d{8}T/.test(name));
  const state = readdirSync(join(cacheOfTest, "state")).filter(
    (name) => name.endsWith(".ndjson") && !name.startsWith(testsPrefix),
  );
  return [...processes, ...[...folders, ...state].filter(isOf)];
}
