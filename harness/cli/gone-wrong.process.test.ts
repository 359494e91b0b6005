/**
 * Runs that fail on purpose in various ways, and their output. They use a target that starts within
 * a second if the real one is not needed.
 */
import { readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Verdict } from "../record/verdict.ts";
import { runVariable } from "../system/processes.ts";
import { ownCache, processesWith } from "../../test/support/cli/kill-points.ts";
import { minimalExperiment } from "../../test/support/experiments/minimal-target.ts";
import {
  leftovers,
  outFolder,
  seawall,
  shortExperiment,
  type Started,
} from "../../test/support/cli/seawall.ts";

/**
 * A cache for each test: what a run leaves in one must not refuse the runs of the others. Others
 * hold the slots in `reserved`.
 */
const caches: { readonly path: string; readonly state: string; readonly reserved: string[] }[] = [];
afterAll(() => {
  for (const { path } of caches) rmSync(path, { recursive: true, force: true });
});

type Cache = (typeof caches)[number];

function startOwn(args: readonly string[]): Started & { readonly cache: Cache } {
  const made = ownCache();
  const cache = { ...made, reserved: readdirSync(made.state) };
  caches.push(cache);
  return { ...seawall(args, { SEAWALL_CACHE: cache.path }), cache };
}

type Out = ReturnType<typeof outFolder>;

function left(out: Out, { path, state, reserved }: Cache): string[] {
  const names = readdirSync(state).filter(
    (name) => /\.(ndjson|lock)$/.test(name) && !reserved.includes(name),
  );
  return [...new Set([...leftovers(path, [basename(out.run())]), ...names])];
}

/** The leader of this run's process group whose environment contains the text. */
function pidOf(out: Out, text: string): number {
  const ofRun = processesWith(`${runVariable}=${basename(out.run())}`);
  const found = processesWith(text).find((pid) => ofRun.includes(pid));
  if (found === undefined) throw new Error(`no process with ${text}`);
  return found;
}

const evidence = (verdict: Verdict, id: string) =>
  verdict.findings.find((finding) => finding.kind === "evidence" && finding.id === id);

it("does not start on a target that lost a service during its start", async () => {
  const out = outFolder();
  const run = startOwn(["run", shortExperiment(out.path), "--out", out.path]);
  await run.seen(/ready: region-b\/memcached/);
  process.kill(-pidOf(out, "region-b_memcached"), "SIGKILL");
  const { exitCode, stderr } = await run.ended;
  expect(stderr).toContain("region-b/memcached died while the target was starting");
  // The target did not start: nothing is shown, and the harness is not at fault.
  expect(exitCode).toBe(2);
  expect(out.verdict().status).toBe("inconclusive");
  expect(left(out, run.cache)).toEqual([]);
});

it.concurrent("is inconclusive if the load generator is killed", async () => {
  const out = outFolder();
  const run = startOwn(["run", minimalExperiment, "--out", out.path]);
  await run.seen(/^baseline for/m);
  process.kill(pidOf(out, "SEAWALL_LOAD="), "SIGKILL");
  const { exitCode, stderr } = await run.ended;
  expect(exitCode, stderr).toBe(2);
  expect(evidence(out.verdict(), "generator.ended")).toMatchObject({
    status: "inconclusive",
    why: expect.stringContaining("SIGKILL"),
  });
  expect(left(out, run.cache)).toEqual([]);
});

it.concurrent("is inconclusive if the fault affects nothing", async () => {
  const out = outFolder();
  const run = startOwn(["run", minimalExperiment, "--out", out.path]);
  await run.seen(/^baseline for/m);
  process.kill(-pidOf(out, "region-a_back"), "SIGKILL");
  const { exitCode, stderr } = await run.ended;
  expect(exitCode, stderr).not.toBe(0);
  expect(out.verdict().status).not.toBe("held");
  expect(evidence(out.verdict(), "faults.landed")).toMatchObject({
    status: "inconclusive",
    why: expect.stringContaining("nothing to kill"),
  });
  expect(evidence(out.verdict(), "services.alive")).toMatchObject({ status: "inconclusive" });
});

it.concurrent("heals and leaves nothing behind on Ctrl-C during a fault", async () => {
  const out = outFolder();
  const run = startOwn(["run", minimalExperiment, "--out", out.path]);
  await run.seen(/landed: kill/);
  run.child.kill("SIGINT");
  const { exitCode, stderr } = await run.ended;
  expect(exitCode, stderr).toBe(130);
  expect(out.events().filter((event) => event.kind === "healed")).toHaveLength(1);
  expect(out.verdict()).toMatchObject({
    status: "inconclusive",
    aborted: { reason: "user" },
    cleanup: { status: "clean" },
  });
  expect(left(out, run.cache)).toEqual([]);
});
