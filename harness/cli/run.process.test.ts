import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Verdict } from "../core/run.ts";
import { leftovers, outFolder, seawall, shortExperiment } from "./seawall.fixture.ts";

const cache = process.env["SEAWALL_CACHE"] || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "seawall");

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
});
