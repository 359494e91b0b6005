import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { untrueFigure } from "../../../test/support/published-figures.ts";
import type { Run } from "../../record/run.ts";
import type { Verdict } from "../../record/verdict.ts";
import { readRun } from "../../run/read-run.ts";
import { type Received, startReceiver } from "../../../test/support/telemetry/receiver.ts";
import { judged } from "../../../test/support/cli/judged.ts";
import { leftovers, seawall, shortExperiment } from "../../../test/support/cli/seawall.ts";

const cache =
  process.env["SEAWALL_CACHE"] ||
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "seawall");

/** The end of the first request of a user. */
function firstAnswerMs({ series }: Run): number {
  const users = series.filter(({ metric }) => metric === "segment_ms");
  return Math.min(...users.flatMap(({ atMs }) => [...atMs]));
}

describe("seawall run, with the real target", () => {
  beforeEach(async () => {
    expect((await seawall(["recover"]).ended).exitCode).toBe(0);
  });

  it("holds in the origin storm, and the record gives the same verdict again", async (test) => {
    // No receiver answers there: that costs a line, and no verdict.
    const { out, exitCode, stdout, stderr } = await judged(test, () => [
      "run",
      "origin-storm",
      "--json",
      "--otlp",
      "http://127.0.0.1:9",
    ]);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/telemetry: (\d+) of \1 requests failed: .*cannot be reached/);
    const verdict = JSON.parse(stdout) as Verdict;
    expect(verdict.status).toBe("held");
    // The file also names its record.
    const { of, ...kept } = out.verdict() as Verdict & { readonly of?: object };
    expect(of).toBeDefined();
    expect(kept).toEqual(verdict);
    for (const name of [
      "plan.json",
      "events.ndjson",
      "samples.csv.zst",
      "verdict.json",
      "report.html",
      "junit.xml",
      "logs/k6.log",
    ]) {
      expect(existsSync(join(out.run(), name)), name).toBe(true);
    }
    const untrue = untrueFigure(out.events());
    if (untrue !== null) process.stderr.write(`A PUBLISHED FIGURE IS NO LONGER TRUE: ${untrue}\n`);
    const again = await seawall(["judge", "--json", out.run()]).ended;
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual(verdict);
    expect(leftovers(cache)).toEqual([]);
  });

  it("is refuted without collapsing, for its own claim, by a wide margin", async (test) => {
    await using receiver = await startReceiver();
    const { out, exitCode, stderr } = await judged(test, (folder) => [
      "run",
      shortExperiment(folder),
      "--without",
      "collapsing",
      "--otlp",
      receiver.url,
    ]);
    expect(exitCode, stderr).toBe(1);
    const isOfUsers = ({ metrics }: Received): boolean =>
      metrics.some(({ name }) => name === "seawall.segment");
    const firstMs = firstAnswerMs(await readRun(out.run()));
    // Of the attempt that is judged: an earlier one has sent samples, too.
    const seen = receiver.received.find((one) => one.atMs >= firstMs && isOfUsers(one));
    expect((seen?.atMs ?? Number.POSITIVE_INFINITY) - firstMs).toBeLessThan(3_000);
    const refuted = out
      .verdict()
      .findings.filter(
        (finding) => finding.status === "refuted" && finding.id === "claim.origin-gets",
      );
    expect(refuted).not.toEqual([]);
    // A control with a thin margin here might hold on a faster machine.
    expect(
      Math.max(...refuted.map(({ observed, limit }) => (observed ?? 0) / (limit ?? 1))),
    ).toBeGreaterThan(1.5);
  });
});
