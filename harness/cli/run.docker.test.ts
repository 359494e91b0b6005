import { existsSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { builtImage, noEngine, onEngine } from "../substrates/docker/engine.fixture.ts";
import { processesOfRun } from "../system/processes.ts";
import { outFolder, seawall, shortExperiment } from "./seawall.fixture.ts";

const cache = process.env["SEAWALL_CACHE"] || join(process.env["XDG_CACHE_HOME"] || join(process.env["HOME"] || homedir(), ".cache"), "seawall");
const onDocker = { SEAWALL_SUBSTRATE: "docker" };

/** Of one run only: others may be at work on this machine. */
function leftOf(directory: string): string[] {
  const runId = basename(directory);
  return [...processesOfRun(runId).map((pid) => `process ${pid}`), ...[join(tmpdir(), `seawall-${runId}`), join(cache, "state", `${runId}.ndjson`)].filter(existsSync)];
}

/** The same experiment, with the same defences off, as run.process.test.ts judges it on the process substrate. */
describe.skipIf(noEngine)("seawall run, with the real target on docker", () => {
  beforeAll(async () => {
    await builtImage();
    expect((await seawall(["recover"]).ended).exitCode).toBe(0);
  });

  it("holds, as it does on the process substrate", async () => {
    const out = outFolder();
    const run = () => seawall(["run", shortExperiment(out.path), "--out", out.path], onDocker).ended;
    const first = await run();
    // Inconclusive says that this machine was too busy to tell; a second time it must tell.
    const { exitCode, stdout, stderr } = first.exitCode === 2 ? await run() : first;
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stderr).toContain("docker substrate: asked for");
    expect(out.events().find((event) => event.kind === "exited" && event.service === "region-a/origin-read")).toMatchObject({ expected: true, detail: "ended by SIGKILL (exit status 137)" });
    expect(await onEngine(null)).toEqual([]);
    expect(leftOf(out.run())).toEqual([]);
  });

  it("is refuted without collapsing, as it is on the process substrate, for the claim that needs it", async () => {
    const out = outFolder();
    const { exitCode, stdout, stderr } = await seawall(["run", shortExperiment(out.path), "--without", "collapsing", "--out", out.path], onDocker).ended;
    expect(exitCode, stdout + stderr).toBe(1);
    expect(out.verdict().findings.filter((finding) => finding.status === "refuted").map((finding) => finding.title)).toContainEqual(expect.stringMatching(/Origin GETs/));
  });

  it("leaves nothing when it is interrupted while the target comes up", async () => {
    const out = outFolder();
    const run = seawall(["run", shortExperiment(out.path), "--out", out.path], onDocker);
    await run.seen(/1\/\d+ ready/);
    run.child.kill("SIGINT");
    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(130);
    expect(out.verdict().cleanup).toEqual({ status: "clean", left: [] });
    expect(await onEngine(null)).toEqual([]);
    expect(leftOf(out.run())).toEqual([]);
  });

  it("refuses a dirty machine after SIGKILL, and recover removes every container and network, or says that no engine answers", async () => {
    const out = outFolder();
    const run = seawall(["run", shortExperiment(out.path), "--out", out.path], onDocker);
    await run.seen(/1\/\d+ ready/);
    run.child.kill("SIGKILL");
    await run.ended;
    expect(await onEngine(null)).not.toEqual([]);
    const refused = await seawall(["run", "origin-storm", "--out", out.path]).ended;
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain("seawall recover");
    expect((await seawall(["recover"]).ended).exitCode).toBe(0);
    expect(await onEngine(null)).toEqual([]);
    expect(leftOf(out.run())).toEqual([]);
  });

  it("says in one message what is wrong with the engine, before anything is started", async () => {
    const { exitCode, stderr } = await seawall(["run", "origin-storm", "--out", outFolder().path], { ...onDocker, DOCKER_HOST: "unix:///nowhere/docker.sock" }).ended;
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(/Docker: could not ask the engine on unix:\/\/\/nowhere\/docker\.sock who it is: connect ENOENT/);
    expect(stderr).toContain("No engine runs there: start it");
  });
});
