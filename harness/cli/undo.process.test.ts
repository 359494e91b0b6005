import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../record/events.ts";
import type { Verdict } from "../record/verdict.ts";
import {
  kill,
  killAtRandom,
  leftOf,
  ownCache,
  processesWith,
  recovered,
  startLight,
} from "../../test/support/cli/kill-points.ts";
import { seawall } from "../../test/support/cli/seawall.ts";
import { minimalExperiment } from "../../test/support/experiments/minimal-target.ts";

const root = resolve(import.meta.dirname, "../..");
const main = join(root, "harness/main.ts");
let cache: ReturnType<typeof ownCache>;
/** Of the test that leaves a dirty machine, on which no other run may start. */
let dirty: ReturnType<typeof ownCache>;
const outs: string[] = [];
beforeAll(() => {
  cache = ownCache();
  dirty = ownCache();
});
afterAll(() => {
  for (const path of [cache.path, dirty.path, ...outs])
    rmSync(path, { recursive: true, force: true });
});

/** One run of the minimal target. */
function light(within = cache) {
  const out = mkdtempSync(join(tmpdir(), "seawall-light-"));
  outs.push(out);
  const child = startLight(within.path, out);
  const ended = once(child, "exit").then(([exitCode]) => exitCode as number | null);
  const id = (): string => readdirSync(join(out, "light"))[0] as string;
  const read = (file: string): string => {
    try {
      return readFileSync(join(out, "light", id(), file), "utf8");
    } catch {
      return "";
    }
  };
  return {
    child,
    ended,
    id,
    directory: () => join(out, "light", id()),
    events: () =>
      read("events.ndjson")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as RunEvent),
    verdict: () => JSON.parse(read("verdict.json")) as Verdict,
    until: async (pattern: RegExp, file = "events.ndjson", withinMs = 60_000): Promise<void> => {
      for (
        const deadlineMs = performance.now() + withinMs;
        !pattern.test(read(file));
        await new Promise((wake) => setTimeout(wake, 20))
      ) {
        if (performance.now() > deadlineMs)
          throw new Error(`no ${pattern} in ${file}:\n${read(file).slice(-2_000)}`);
      }
    },
  };
}

async function gone(runId: string, withinMs = 30_000): Promise<string[]> {
  for (
    const deadlineMs = performance.now() + withinMs;
    leftOf(runId, cache.state).length > 0 && performance.now() < deadlineMs;
  )
    await new Promise((wake) => setTimeout(wake, 50));
  return leftOf(runId, cache.state);
}

describe("with a minimal target on real processes", () => {
  it.concurrent("two concurrent runs do not interfere, and leave no switch behind", async () => {
    const runs = [light(), light()];
    for (const run of runs)
      expect([0, 2], JSON.stringify(run.events().slice(-2))).toContain(await run.ended);
    for (const run of runs) {
      expect(run.verdict().findings.filter((finding) => finding.status === "refuted")).toEqual([]);
      expect(run.verdict()).toMatchObject({ aborted: null, cleanup: { status: "clean" } });
      expect(await gone(run.id(), 3_000)).toEqual([]);
    }
  });

  it.concurrent("is inconclusive if the generator is stopped for 3 s", async () => {
    const run = light();
    await run.until(/"phase":"fault"/);
    const [k6] = processesWith("SEAWALL_LOAD=").filter((pid) =>
      processesWith(`SEAWALL_RUN=${run.id()}`).includes(pid),
    );
    process.kill(-(k6 as number), "SIGSTOP");
    await new Promise((wake) => setTimeout(wake, 3_000));
    process.kill(-(k6 as number), "SIGCONT");
    expect(await run.ended).toBe(2);
    const verdict = run.verdict();
    expect(verdict.status).toBe("inconclusive");
    expect(
      verdict.findings
        .filter((finding) => finding.kind === "claim" && finding.status === "inconclusive")
        .flatMap(({ values }) => values.map(({ fact }) => fact)),
    ).toSatisfy((facts: readonly string[]) =>
      facts.some((fact) => ["generator-stalled", "depends-on-dropped"].includes(fact)),
    );
  });

  it.concurrent("refuses a dirty machine after both were killed, and recover cleans it", async () => {
    const run = light(dirty);
    await run.until(/"kind":"injected"/);
    for (const pid of processesWith(`dead-man\0${run.id()}`)) kill(pid);
    run.child.kill("SIGKILL");
    await run.ended;
    expect(leftOf(run.id(), dirty.state)).not.toEqual([]);
    const second = spawn(
      process.execPath,
      [main, "run", minimalExperiment, "--substrate", "process", "--out", run.directory()],
      {
        cwd: root,
        env: { ...process.env, SEAWALL_CACHE: dirty.path },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let output = "";
    second.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    expect(await once(second, "close").then(([code]) => code as number)).toBe(4);
    expect(output).toContain("seawall recover");
    expect(await recovered(dirty.path)).toBe(0);
    expect(leftOf(run.id(), dirty.state)).toEqual([]);
    const judged = await seawall(["judge", run.directory()]).ended;
    expect(judged.exitCode).toBe(2);
    expect(judged.stdout.replaceAll(/\s+/g, " ")).toContain("the record ends early");
  });

  it.concurrent("is undone by its switch if the harness is killed, and is aborted", async () => {
    const run = light();
    await run.until(/"kind":"injected"/);
    run.child.kill("SIGKILL");
    await run.until(/"aborted"/, "verdict.json");
    expect(run.verdict()).toMatchObject({
      status: "inconclusive",
      aborted: { reason: "deadMan", detail: "the harness was killed" },
      cleanup: { status: "clean" },
    });
    expect(await gone(run.id())).toEqual([]);
  });

  it.concurrent("is undone by its switch if the harness is stopped", async () => {
    const run = light();
    await run.until(/"kind":"injected"/);
    run.child.kill("SIGSTOP");
    await run.until(/"aborted"/, "verdict.json");
    expect(run.verdict()).toMatchObject({
      aborted: { reason: "deadMan", detail: expect.stringMatching(/no sign of life for 20 s/) },
      cleanup: { status: "clean" },
    });
    // A stopped harness must not resume its work.
    run.child.kill("SIGCONT");
    expect(await run.ended).toBeNull();
    expect(await gone(run.id())).toEqual([]);
  });

  it("leaves nothing behind, wherever it is killed", async () => {
    expect(
      (await killAtRandom({ points: 4, atOnce: 4, seed: Date.now() % 10_000, say: () => {} })).left,
    ).toEqual([]);
  });
});
