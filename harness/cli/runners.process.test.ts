/** Runs whose load several runners share, and one that loses a runner. */
import { readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runVariable } from "../system/processes.ts";
import { ownCache, processesWith } from "../../test/support/cli/kill-points.ts";
import { minimalExperiment } from "../../test/support/experiments/minimal-target.ts";
import { leftovers, outFolder, seawall } from "../../test/support/cli/seawall.ts";

let cache: ReturnType<typeof ownCache>;
beforeAll(() => {
  cache = ownCache();
});
afterAll(() => rmSync(cache.path, { recursive: true, force: true }));

const runOf = (out: ReturnType<typeof outFolder>) =>
  seawall(["run", minimalExperiment, "--runners", "local:2", "--out", out.path], {
    SEAWALL_CACHE: cache.path,
  });

it("is judged like a run of one generator, and its clocks agree", async () => {
  const out = outFolder();
  const { exitCode, stderr } = await runOf(out).ended;
  expect(exitCode, stderr).toBe(0);
  const clocks = out.verdict().findings.find(({ id }) => id === "generator.clocks");
  expect(clocks).toMatchObject({ status: "held", samples: 2 });
  expect(readdirSync(`${out.run()}/logs`)).toEqual(
    expect.arrayContaining(["runner-1", "runner-2"]),
  );
  expect(leftovers(cache.path, [basename(out.run())])).toEqual([]);
});

it("is inconclusive if a runner is killed, and names it", async () => {
  const out = outFolder();
  const run = runOf(out);
  await run.seen(/^baseline for/m);
  const ofRun = processesWith(`${runVariable}=${basename(out.run())}`);
  const relay = processesWith("SEAWALL_RUNNER_TOKEN=").find((pid) => ofRun.includes(pid));
  process.kill(relay as number, "SIGKILL");
  const { exitCode, stderr } = await run.ended;
  expect(exitCode, stderr).toBe(2);
  const ended = out.verdict().findings.find(({ id }) => id === "generator.ended");
  expect(ended).toMatchObject({
    status: "inconclusive",
    why: expect.stringMatching(/runner \d of 2 was lost/),
  });
  expect(leftovers(cache.path, [basename(out.run())])).toEqual([]);
});
