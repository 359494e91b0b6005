import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Verdict } from "../core/run.ts";
import { listProcesses } from "../system/processes.ts";
import { lightExperiment } from "./light.fixture.ts";
import { leftovers, outFolder, seawall, shortExperiment } from "./seawall.fixture.ts";

const cache = process.env["SEAWALL_CACHE"] || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "seawall");

const evidence = (verdict: Verdict, title: RegExp) => verdict.findings.find((finding) => finding.kind === "evidence" && title.test(finding.title));

describe("seawall run, with the real target", () => {
  beforeEach(async () => {
    expect((await seawall(["recover"]).ended).exitCode).toBe(0);
  });

  it("holds in the origin storm, and the record gives the same verdict again", async () => {
    const out = outFolder();
    const run = () => seawall(["run", "origin-storm", "--json", "--out", out.path]).ended;
    const first = await run();
    // Inconclusive says that this machine was too busy to tell, not that the target failed; a second time it must tell.
    const { exitCode, stdout, stderr } = first.exitCode === 2 ? await run() : first;
    expect(exitCode, stderr).toBe(0);
    const verdict = JSON.parse(stdout) as Verdict;
    expect(verdict.status).toBe("held");
    expect(verdict).toEqual(out.verdict());
    for (const name of ["plan.json", "events.ndjson", "samples.csv.zst", "verdict.json", "report.html", "junit.xml", "logs/k6.log"]) {
      expect(existsSync(join(out.run(), name)), name).toBe(true);
    }
    const again = await seawall(["judge", "--json", out.run()]).ended;
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual(verdict);
    expect(leftovers(cache)).toEqual([]);
  });

  it("is refuted without collapsing, for the claim that needs it", async () => {
    const out = outFolder();
    const { exitCode, stderr } = await seawall(["run", shortExperiment(out.path), "--without", "collapsing", "--out", out.path]).ended;
    expect(exitCode, stderr).toBe(1);
    const refuted = out.verdict().findings.filter((finding) => finding.status === "refuted");
    expect(refuted.map((finding) => finding.title)).toContainEqual(expect.stringMatching(/Origin GETs/));
  });

  it("does not start on a target that lost a service while it came up", async () => {
    const out = outFolder();
    const run = seawall(["run", shortExperiment(out.path), "--out", out.path]);
    await run.seen(/ready: region-b\/memcached/);
    process.kill(-pidWith("region-b_memcached"), "SIGKILL");
    const { exitCode, stderr } = await run.ended;
    expect(stderr).toContain("region-b/memcached died while the target was starting");
    expect(exitCode).toBe(70);
    expect(out.verdict().status).toBe("inconclusive");
    expect(leftovers(cache)).toEqual([]);
  });
});

/** What a run does, whatever it is about: on a target that is up in a second. */
describe("seawall run", () => {
  beforeEach(async () => {
    expect((await seawall(["recover"]).ended).exitCode).toBe(0);
  });

  it("is inconclusive when the load generator is killed", async () => {
    const out = outFolder();
    const run = seawall(["run", lightExperiment, "--out", out.path]);
    await run.seen(/^baseline for/m);
    process.kill(generatorOf(), "SIGKILL");
    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(2);
    expect(evidence(out.verdict(), /generator ran to its end/)).toMatchObject({ status: "inconclusive", why: expect.stringContaining("SIGKILL") });
    expect(leftovers(cache)).toEqual([]);
  });

  it("is inconclusive when the fault finds nothing to hit", async () => {
    const out = outFolder();
    const run = seawall(["run", lightExperiment, "--out", out.path]);
    await run.seen(/^baseline for/m);
    process.kill(-pidWith("region-a_back"), "SIGKILL");
    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).not.toBe(0);
    expect(out.verdict().status).not.toBe("held");
    expect(evidence(out.verdict(), /Every fault landed/)).toMatchObject({ status: "inconclusive", why: expect.stringContaining("nothing to kill") });
    expect(evidence(out.verdict(), /No service died/)).toMatchObject({ status: "inconclusive" });
  });

  it("heals and leaves nothing behind on Ctrl-C, in the middle of a fault", async () => {
    const out = outFolder();
    const run = seawall(["run", lightExperiment, "--out", out.path]);
    await run.seen(/landed: kill/);
    run.child.kill("SIGINT");
    const { exitCode, stderr } = await run.ended;
    expect(exitCode, stderr).toBe(130);
    expect(out.events().filter((event) => event.kind === "healed")).toHaveLength(1);
    expect(out.verdict()).toMatchObject({ status: "inconclusive", aborted: { reason: "user" }, cleanup: { status: "clean" } });
    expect(leftovers(cache)).toEqual([]);
  });

  it("refuses a dirty machine after SIGKILL, and recover cleans it", async () => {
    const out = outFolder();
    const run = seawall(["run", lightExperiment, "--out", out.path]);
    await run.seen(/landed: kill/);
    // Together with its dead-man's switch, which would undo everything by itself.
    process.kill(pidOfSwitch(out.run()), "SIGKILL");
    run.child.kill("SIGKILL");
    await run.ended;
    expect(leftovers(cache)).not.toEqual([]);
    const refused = await seawall(["run", "origin-storm", "--out", out.path]).ended;
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain("seawall recover");
    expect((await seawall(["recover"]).ended).exitCode).toBe(0);
    expect(leftovers(cache)).toEqual([]);
    const judged = await seawall(["judge", out.run()]).ended;
    expect(judged.exitCode).toBe(2);
    expect(judged.stdout).toContain("ends early");
  });
});

function pidOfSwitch(run: string): number {
  const found = listProcesses().find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(`dead-man\0${basename(run)}`);
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error("the run has no dead-man's switch");
  return found;
}

function generatorOf(): number {
  return pidWith("SEAWALL_LOAD=");
}

/** The leader of the group whose environment holds the text. */
function pidWith(text: string): number {
  const found = listProcesses().find((pid) => environment(pid).includes(text));
  if (found === undefined) throw new Error(`no process with ${text}`);
  return found;
}

function environment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}
