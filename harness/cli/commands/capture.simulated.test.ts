/** From a log to a replayed run in virtual time, through the command line. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type CommandLine, commandLineHere } from "../../../test/support/cli/command-line-here.ts";
import { documentsIn, problemsOf } from "../../../test/support/documents.ts";
import { judge } from "../../judge/judge.ts";
import type { Plan } from "../../record/plan.ts";
import type { Run } from "../../record/run.ts";
import { readRun } from "../../run/read-run.ts";

const root = resolve(import.meta.dirname, "../../..");
const example = join(root, "examples/replay/evening-rehearsed.ts");
let folder: string, seawall: CommandLine, file: (name: string, text: string) => string;
beforeEach(() => {
  ({ folder, seawall, file } = commandLineHere());
});

/** A minute of an audience of ten, in the words of the reference target. */
const log = Array.from({ length: 60 }, (_, second) =>
  Array.from({ length: 10 }, (_, viewer) => {
    const at = new Date(Date.UTC(2026, 1, 3) + second * 1000 + viewer * 37).toISOString();
    const name = viewer % 2 === 0 ? "v720" : "audio";
    const path = `/live/main/${name}/${900_000 + Math.floor(second / 2)}.m4s`;
    return JSON.stringify({ time: at, ip: `10.0.0.${viewer}`, method: "GET", path, status: 200 });
  }),
).flat();

/** An experiment file that replays this trace. */
let files = 0;
function experiment(trace: string, wishes: string, more = "", vus = 100): string {
  return file(
    // A module is loaded once.
    `again-${files++}.ts`,
    `import original from ${JSON.stringify(example)};
     import { replay } from ${JSON.stringify(join(root, "targets/live-streaming/index.ts"))};
     const [load] = original.load;
     export default { ...original, name: "again", hypothesis: original.hypothesis.map((claim) =>
       ({ ...claim, samplesMin: 1 })), ${more} load: [{ ...load, vus: ${vus},
       workload: replay(${JSON.stringify(trace)}, ${wishes}) }] };`,
  );
}
/** The record without the iterations that began in this window. */
function without(run: Run, fromMs: number, untilMs: number): Run {
  return {
    ...run,
    series: run.series.map((series) => {
      if (series.metric !== "start_late_ms") return series;
      const kept = [...series.atMs.keys()].filter((at) => {
        const ms = series.atMs[at] as number;
        return ms < fromMs || ms >= untilMs;
      });
      return {
        ...series,
        atMs: Float64Array.from(kept, (at) => series.atMs[at] as number),
        values: Float64Array.from(kept, (at) => series.values[at] as number),
      };
    }),
  };
}

const short = "phasesMs: { baseline: 12_000, fault: 20_000, recovery: 16_000 },";
const last = <T>(text: string): T => documentsIn(text).at(-1) as T;

describe("the example of a replay", () => {
  it.each([
    [[], 0],
    [["--scale", "2.5"], 0],
    [["--without", "regionFailover"], 1],
  ] as const)("with %s ends with %i", async (flags, expected) => {
    const args = ["--substrate", "simulated", "--seed", "3", "--out", "runs", ...flags];
    const { exitCode, stdout } = await seawall("run", example, ...args);
    expect(exitCode, stdout).toBe(expected);
  });
});

describe("a captured log", () => {
  it("is replayed, and the record has the trace's own rate in each second", async () => {
    const path = file("edge.log", [...log, "no line"].join("\n"));
    const made = await seawall("capture", path, "--out", "one.trace.zst", "--json");
    expect(made).toMatchObject({ exitCode: 0, stderr: "" });
    const summary = last<Record<string, unknown>>(made.stdout);
    expect(problemsOf(summary)).toEqual([]);
    expect(summary).toMatchObject({ requests: 600, sessions: 10, leftOut: { broken: 1 } });
    const again = experiment("./one.trace.zst", "{ relativeToLiveEdge: true, times: 2 }", short);
    const planned = await seawall("plan", again, "--substrate", "simulated", "--json");
    const plan = last<Plan>(planned.stdout);
    expect(problemsOf(plan)).toEqual([]);
    expect(plan.load[0]?.replay).toMatchObject({
      holds: { requests: 600, sessions: 10, kinds: { segment: 600 } },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      objects: [{ name: "v720" }, { name: "audio" }],
    });
    expect(await seawall("plan", again, "--substrate", "simulated")).toMatchObject({
      stdout: expect.stringMatching(
        /holds +600 requests of 10 sessions.*\n +sends +1\d{3} requests/,
      ),
    });
    const ran = await seawall("run", again, "--substrate", "simulated", "--json", "--out", "runs");
    expect(ran.exitCode, ran.stderr).toBe(0);
    const runs = join(folder, "runs/again");
    const run = await readRun(join(runs, readdirSync(runs).at(0) ?? ""));
    const begun = run.series.filter(
      ({ metric, tags }) => metric === "start_late_ms" && tags["of"] === "iteration",
    );
    const moments = begun.flatMap(({ atMs }) => [...atMs]).sort((a, b) => a - b);
    const { sends, counts = [], everyMs = 1 } = plan.load[0]?.replay ?? {};
    expect(moments).toHaveLength(sends?.requests ?? -1);
    const beganMs = run.events.find(({ kind }) => kind === "loadStarted")?.atMs ?? 0;
    expect(
      counts.map(
        (_, at) => moments.filter((ms) => Math.floor((ms - beganMs) / everyMs) === at).length,
      ),
    ).toEqual(counts);
    // A second of the trace that was not sent shows, whatever the target answered.
    const isOffered = (record: Run): string | undefined =>
      judge(record).findings.find(({ id }) => id === "generator.offered")?.status;
    expect(isOffered(run)).toBe("held");
    expect(isOffered(without(run, beganMs + 20_000, beganMs + 22_000))).toBe("inconclusive");
    const names = run.series.filter(({ metric }) => metric === "segment_ms");
    const served = (name: string): number =>
      names
        .filter(({ tags }) => tags["rendition"] === name)
        .reduce((sum, { values }) => sum + values.length, 0);
    // Copies begin up to a second later, and the run ends in the middle of one.
    expect(Math.abs(served("v720") - served("audio"))).toBeLessThanOrEqual(10);
  });

  it("is inconclusive where users were missing, and says how many requests", async () => {
    const together = log.map((line) => line.replace(/\.\d{3}Z/, ".000Z"));
    await seawall("capture", file("edge.log", together.join("\n")), "--out", "one.trace.zst");
    const again = experiment("./one.trace.zst", "{ relativeToLiveEdge: true }", short, 1);
    const ran = await seawall("run", again, "--substrate", "simulated", "--out", "runs");
    expect(ran.exitCode, ran.stderr).toBe(2);
    expect(ran.stdout.replaceAll(/\s+/g, " ")).toMatch(
      /\d+ of \d+ iterations found no free virtual user; it needs more than 1/,
    );
  });

  it("is refused where it cannot be what production was", async () => {
    const path = file("edge.log", log.join("\n"));
    await seawall("capture", path, "--out", "one.trace.zst");
    const refused = async (wishes: string, more = short): Promise<string> =>
      (await seawall("plan", experiment("./one.trace.zst", wishes, more))).stderr;
    expect(await refused("{}")).toMatch(/numbers of the trace are relative/);
    expect(await refused("{ relativeToLiveEdge: true }", "")).toMatch(
      /the trace lasts 59\.\d+ s, and the run 60 s; shorten the phases, or stretch it/,
    );
    expect(await refused("{ relativeToLiveEdge: true, only: ['playlist'] }")).toMatch(
      /the trace has no request for it/,
    );
    expect(await refused("{ relativeToLiveEdge: true, times: 0 }")).toMatch(/times: .*>0/);
    expect(await refused("{ relativeToLiveEdge: true, tines: 2 }")).toMatch(/tines/);
    file("one.trace.zst", readFileSync(example, "utf8"));
    expect(await refused("{ relativeToLiveEdge: true }")).toMatch(/is not a whole trace/);
    const other = file("other.log", log.join("\n").replaceAll("/v720/", "/v1080/"));
    await seawall("capture", other, "--out", "one.trace.zst");
    expect(await refused("{ relativeToLiveEdge: true }")).toMatch(
      /has no \/live\/main\/v1080\/\{number\}\.m4s; say with paths where they are/,
    );
    const named = "paths: { '/live/main/v1080/{number}.m4s': '/live/main/v360/{number}.m4s' }";
    expect(await refused(`{ relativeToLiveEdge: true, ${named} }`)).not.toMatch(/has no/);
  });

  it("is not made of nothing, nor over itself", async () => {
    const path = file("edge.log", "nothing here\n");
    expect(await seawall("capture", path, "--out", "one.trace.zst")).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("no line became a request: 1 lines: 1 no request of this"),
    });
    expect(await seawall("capture", path, "--out", path)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("is one of the logs"),
    });
    expect(await seawall("capture", "none.log", "--out", "one.trace.zst")).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("cannot read"),
    });
  });
});
