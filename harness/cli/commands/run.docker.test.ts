import { homedir } from "node:os";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { builtImage, noEngine, onEngine } from "../../../test/support/docker-engine.ts";
import { leftOf } from "../../../test/support/cli/kill-points.ts";
import { judged } from "../../../test/support/cli/judged.ts";
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
