/**
 * Runs that fail on purpose in various ways, and their output. They use a target that starts within
 * a second if the real one is not needed.
 */
import { readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Verdict } from "../record/verdict.ts";
import { runVariable } from "../system/processes.ts";
import { kill, ownCache, processesWith } from "../../test/support/cli/kill-points.ts";
import { minimalExperiment } from "../../test/support/experiments/minimal-target.ts";
import {
  leftovers,
  outFolder,
  seawall,
  shortExperiment,
  type Started,
} from "../../test/support/cli/seawall.ts";

/**
 * Concurrent tests have their own runs, which must not be refused because of leftovers of these.
 */
let cache: ReturnType<typeof ownCache>;
/** The slots that are reserved for others. */
let reserved: readonly string[] = [];
beforeAll(() => {
  cache = ownCache();
  reserved = readdirSync(cache.state);
});
afterAll(() => rmSync(cache.path, { recursive: true, force: true }));

const own = (args: readonly string[]): Started => seawall(args, { SEAWALL_CACHE: cache.path });

type Out = ReturnType<typeof outFolder>;

function left(out: Out): string[] {
  const state = readdirSync(cache.state).filter(
    (name) => /\.(ndjson|lock)$/.test(name) && !reserved.includes(name),
  );
  return [...new Set([...leftovers(cache.path, [basename(out.run())]), ...state])];
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
  const run = own(["run", shortExperiment(out.path), "--out", out.path]);
  await run.seen(/ready: region-b\/memcached/);
  process.kill(-pidOf(out, "region-b_memcached"), "SIGKILL");
  const { exitCode, stderr } = await run.ended;
  expect(stderr).toContain("region-b/memcached died while the target was starting");
  // The target did not start: nothing is shown, and the harness is not at fault.
  expect(exitCode).toBe(2);
  expect(out.verdict().status).toBe("inconclusive");
  expect(left(out)).toEqual([]);
});

it("is inconclusive if the load generator is killed", async () => {
  const out = outFolder();
  const run = own(["run", minimalExperiment, "--out", out.path]);
  await run.seen(/^baseline for/m);
  process.kill(pidOf(out, "SEAWALL_LOAD="), "SIGKILL");
  const { exitCode, stderr } = await run.ended;
  expect(exitCode, stderr).toBe(2);
  expect(evidence(out.verdict(), "generator.ended")).toMatchObject({
    status: "inconclusive",
    why: expect.stringContaining("SIGKILL"),
  });
  expect(left(out)).toEqual([]);
});

it("is inconclusive if the fault affects nothing", async () => {
  const out = outFolder();
  const run = own(["run", minimalExperiment, "--out", out.path]);
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

it("heals and leaves nothing behind on Ctrl-C during a fault", async () => {
  const out = outFolder();
  const run = own(["run", minimalExperiment, "--out", out.path]);
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
  expect(left(out)).toEqual([]);
});

it("refuses a dirty machine after SIGKILL, and recover cleans it", async () => {
  const out = outFolder();
  const run = own(["run", minimalExperiment, "--out", out.path]);
  await run.seen(/landed: kill/);
  // Together with its dead-man's switch, which would otherwise undo everything.
  const switches = processesWith(`dead-man\0${basename(out.run())}`);
  expect(switches).not.toEqual([]);
  for (const pid of switches) kill(pid);
  run.child.kill("SIGKILL");
  await run.ended;
  expect(left(out)).not.toEqual([]);
  const refused = await own(["run", "origin-storm", "--out", out.path]).ended;
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toContain("seawall recover");
  expect((await own(["recover"]).ended).exitCode).toBe(0);
  expect(left(out)).toEqual([]);
  const judged = await own(["judge", out.run()]).ended;
  expect(judged.exitCode).toBe(2);
  expect(judged.stdout.replaceAll(/\s+/g, " ")).toContain("the record ends early");
});
