import { rmSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtImage, noEngine, onEngine } from "../../../test/support/docker-engine.ts";
import {
  kill,
  killAtRandom,
  leftOf,
  ownCache,
  processesWith,
  recovered,
} from "../../../test/support/cli/kill-points.ts";
import { judged } from "../../../test/support/cli/judged.ts";
import { minimalExperiment } from "../../../test/support/experiments/minimal-target.ts";
import { outFolder, seawall, shortExperiment } from "../../../test/support/cli/seawall.ts";

const state = join(
  process.env["SEAWALL_CACHE"] ||
    join(
      process.env["XDG_CACHE_HOME"] || join(process.env["HOME"] || homedir(), ".cache"),
      "seawall",
    ),
  "state",
);
const onDocker = { SEAWALL_SUBSTRATE: "docker" };

/**
 * The same experiment as in run.process.test.ts on the process substrate, which also shows that its
 * control is refuted.
 */
describe.skipIf(noEngine)("seawall run, with the real target on docker", () => {
  beforeAll(async () => {
    await builtImage();
    expect((await seawall(["recover"]).ended).exitCode).toBe(0);
  });

  it("holds, as it does on the process substrate", async (test) => {
    const { out, exitCode, stdout, stderr } = await judged(
      test,
      (folder) => ["run", shortExperiment(folder)],
      onDocker,
    );
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stderr).toContain("docker substrate: asked for");
    const runId = basename(out.run());
    expect(
      out
        .events()
        .find((event) => event.kind === "exited" && event.service === "region-a/origin-read"),
    ).toMatchObject({ expected: true, detail: "ended by SIGKILL (exit status 137)" });
    expect(leftOf(runId, state, await onEngine(runId))).toEqual([]);
  });

  it("leaves nothing if it is interrupted while the target starts", async () => {
    const out = outFolder();
    const run = seawall(["run", shortExperiment(out.path), "--out", out.path], onDocker);
    await run.seen(/1\/\d+ ready/);
    run.child.kill("SIGINT");
    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(130);
    expect(out.verdict().cleanup).toEqual({ status: "clean", left: [] });
    expect(leftOf(basename(out.run()), state, await onEngine(basename(out.run())))).toEqual([]);
  });
});

/** With a target that starts within a second. */
describe.skipIf(noEngine)("on docker, after the harness is killed", () => {
  let cache: ReturnType<typeof ownCache>;
  beforeAll(async () => {
    cache = ownCache();
    await builtImage();
  });
  afterAll(() => rmSync(cache.path, { recursive: true, force: true }));

  it.concurrent("refuses a dirty machine without its switch, and recover cleans it", async () => {
    const out = outFolder();
    const env = { ...onDocker, SEAWALL_CACHE: cache.path };
    const run = seawall(["run", minimalExperiment, "--out", out.path], env);
    await run.seen(/landed: kill/);
    const runId = basename(out.run());
    for (const pid of processesWith(`dead-man\0${runId}`)) kill(pid);
    run.child.kill("SIGKILL");
    await run.ended;
    expect(await onEngine(runId)).not.toEqual([]);
    const refused = await seawall(["run", minimalExperiment, "--out", out.path], env).ended;
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain("seawall recover");
    expect(await recovered(cache.path)).toBe(0);
    expect(leftOf(runId, cache.state, await onEngine(runId))).toEqual([]);
  });

  it.concurrent("leaves nothing behind, wherever it is killed", async () => {
    expect(
      (
        await killAtRandom({
          points: 2,
          atOnce: 2,
          seed: Date.now() % 10_000,
          say: () => {},
          onEngine,
        })
      ).left,
    ).toEqual([]);
  });
});

describe.skipIf(noEngine)("seawall run, without an engine", () => {
  it("reports its problem in one message, before anything starts", async () => {
    const { exitCode, stderr } = await seawall(["run", "origin-storm", "--out", outFolder().path], {
      ...onDocker,
      DOCKER_HOST: "unix:///nowhere/docker.sock",
    }).ended;
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(
      /Docker: could not ask the engine on unix:\/\/\/nowhere\/docker\.sock who it is: connect ENOENT/,
    );
    expect(stderr).toContain("No engine runs there: start it");
  });
});
