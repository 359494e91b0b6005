/** On docker, with a target that starts within a second, or without an engine. */
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtImage, noEngine, onEngine } from "../../test/support/docker-engine.ts";
import {
  kill,
  killAtRandom,
  leftOf,
  ownCache,
  processesWith,
  recovered,
} from "../../test/support/cli/kill-points.ts";
import { minimalExperiment } from "../../test/support/experiments/minimal-target.ts";
import { outFolder, seawall } from "../../test/support/cli/seawall.ts";

const onDocker = { SEAWALL_SUBSTRATE: "docker" };

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
