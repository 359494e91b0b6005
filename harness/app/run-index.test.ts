import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allowanceUsed, isAsExpected, startOfRunId } from "../record/run-index.ts";
import { renderIndex } from "../report/index-html.ts";
import type { Verdict } from "../record/verdict.ts";
import { keepVerdict } from "../run/stored-verdict.ts";
import { refreshIndex, refreshIndexOf, writeIndex } from "./run-index.ts";

const sample = resolve(import.meta.dirname, "../../reports/sample");
const read = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(sample, name), "utf8")) as Record<string, unknown>;
const plan = read("plan.json");
const { of: _of, ...verdict } = read("verdict.json");
let out: string;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "seawall-index-"));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

function recorded(path: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const directory = join(out, path);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "plan.json"), JSON.stringify({ ...plan, ...changes }));
  keepVerdict(directory, {
    ...verdict,
    runId: path.split("/").at(-1),
    ...changes,
  } as unknown as Verdict);
  return directory;
}

describe("the index of runs", () => {
  it("lists every run, newest first, with its margins, its version and a link to its report", () => {
    recorded("origin-storm/20260101T000000Z-00000001");
    cpSync(sample, join(out, "origin-storm/20260201T000000Z-00000002"), { recursive: true });
    writeFileSync(join(out, "origin-storm/20260201T000000Z-00000002/report.html"), "");
    keepVerdict(join(out, "origin-storm/20260201T000000Z-00000002"), verdict as unknown as Verdict);
    recorded("origin-storm/20260103T000000Z-00000003", {
      without: ["collapsing"],
      status: "refuted",
      targetVersion: "abc1234",
    });
    const { runs, broken } = writeIndex(out);
    expect(broken).toEqual([]);
    const ofTarget = plan["targetVersion"];
    expect(ofTarget).toMatch(/^[0-9a-f]+$/);
    // The sample's own name is newer than its folder's.
    expect(runs.map((run) => [run.path, run.version, run.targetVersion, run.hasReport])).toEqual([
      ["origin-storm/20260201T000000Z-00000002", "0.1.0", ofTarget, true],
      ["origin-storm/20260103T000000Z-00000003", null, "abc1234", false],
      ["origin-storm/20260101T000000Z-00000001", null, ofTarget, false],
    ]);
    expect(
      runs[0]?.claims.find(
        ({ id, phase }) => id.startsWith("claim.origin-gets") && phase === "fault",
      )?.used,
    ).toBeCloseTo(1 / 1.2, 3);
    const page = readFileSync(join(out, "index.html"), "utf8");
    expect(page).toContain('href="origin-storm/20260201T000000Z-00000002/report.html"');
    expect(page).toMatch(/as it must be/);
    expect(page).toContain('<option value="abc1234">');
  });

  it("names what was tested as its user does", () => {
    recorded("origin-storm/20260101T000000Z-00000001", {
      label: "cache off",
      git: { commit: "63f2cbd0000", branch: "main", changed: false },
    });
    const { runs } = writeIndex(out);
    expect(runs.map(({ subject }) => subject)).toEqual(["cache off, main at 63f2cbd"]);
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain("cache off, main at 63f2cbd");
  });

  it("lists a run whose findings have no ids, as in earlier versions", () => {
    const findings = (verdict["findings"] as Record<string, unknown>[]).map(
      ({ id: _id, subject: _subject, ...older }) => older,
    );
    recorded("origin-storm/20260101T000000Z-00000001", { findings });
    expect(writeIndex(out)).toMatchObject({
      broken: [],
      runs: [{ runId: "20260101T000000Z-00000001" }],
    });
  });

  it("names the unknown substrate of a run", () => {
    recorded("origin-storm/20260101T000000Z-00000001", { substrate: "moon" });
    expect(writeIndex(out)).toMatchObject({
      runs: [],
      broken: [
        {
          why: expect.stringMatching(
            /^it ran on the substrate "moon", and this version knows process, docker/,
          ),
        },
      ],
    });
  });

  it("lists broken runs as such, and continues", () => {
    recorded("origin-storm/20260101T000000Z-00000001");
    mkdirSync(join(out, "origin-storm/empty"));
    for (const [name, text] of [
      ["torn", '{"format": "seaw'],
      ["null", "null"],
      ["other", '{"format":"seawall-verdict/9"}'],
    ] as const)
      writeFileSync(join(recorded(`origin-storm/${name}`), "verdict.json"), text);
    rmSync(join(recorded("origin-storm/running"), "verdict.json"));
    writeFileSync(join(recorded("origin-storm/planless"), "plan.json"), "[]");
    const { runs, broken } = writeIndex(out);
    expect(runs).toHaveLength(1);
    expect(broken.map(({ path, why }) => [path.split("/")[1], why.split(":")[0]])).toEqual([
      ["empty", "it has no plan.json"],
      ["null", "verdict.json cannot be read"],
      ["other", "verdict.json cannot be read"],
      ["planless", "plan.json cannot be read"],
      ["running", "it has no verdict"],
      ["torn", "verdict.json cannot be read"],
    ]);
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain(
      "Folders without a complete run",
    );
  });

  it("ignores a verdict that was edited, or whose record was changed or is another one", () => {
    const [edited, cut, other] = ["1", "2", "3"].map((name) => recorded(`origin-storm/${name}`));
    const path = join(edited as string, "verdict.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text
        .replace('"status": "inconclusive"', '"status": "held"')
        .replace('"why": "', '"why": "all held, '),
    );
    writeFileSync(join(cut as string, "events.ndjson"), "");
    recorded("origin-storm/4", { seed: 4 });
    cpSync(join(out, "origin-storm/4/verdict.json"), join(other as string, "verdict.json"));
    const { runs } = writeIndex(out);
    const doubted = runs.filter(({ why }) =>
      why.startsWith("verdict.json does not belong to this record"),
    );
    expect(doubted.map(({ path: run, status, claims }) => [run, status, claims])).toEqual(
      ["3", "2", "1"].map((name) => [`origin-storm/${name}`, "inconclusive", []]),
    );
    expect(runs.find(({ path: run }) => run === "origin-storm/4")?.claims).not.toEqual([]);
  });

  it("finds runs below a gate's and other commands' folders, which are not broken runs", () => {
    recorded("baseline/2e7a5c9bd6c6/origin-storm/20260101T000000Z-00000001");
    recorded("slow/mine/20260102T000000Z-00000002");
    mkdirSync(join(out, "gate/20260103T000000Z-00000003"), { recursive: true });
    writeFileSync(join(out, "gate/20260103T000000Z-00000003/gate.json"), "{}");
    const gate = "gate/20260103T000000Z-00000003/report.html";
    writeFileSync(join(out, gate), "<title>Gate passed</title>");
    // The report of a run is no other page.
    const one = recorded("origin-storm/20251231T000000Z-00000001");
    writeFileSync(join(one, "report.html"), "<title>Held: origin-storm</title>");
    const { runs, broken, pages } = writeIndex(out);
    expect(broken).toEqual([]);
    expect(pages.map(({ path }) => path)).toEqual([gate]);
    expect(runs.map(({ path }) => path)).toEqual([
      "slow/mine/20260102T000000Z-00000002",
      "baseline/2e7a5c9bd6c6/origin-storm/20260101T000000Z-00000001",
      "origin-storm/20251231T000000Z-00000001",
    ]);
  });

  it("escapes hostile text and hostile names of folders", () => {
    const evil = '"><script>pwned()</script><img src=x onerror=pwned()>';
    recorded(`evil/<b>'"&#x27;?x=1#y`, {
      experiment: evil,
      why: evil,
      topology: evil,
      without: [evil],
      targetVersion: evil,
      seed: 1,
    });
    mkdirSync(join(out, "comparisons"));
    writeFileSync(
      join(out, "comparisons/x.html"),
      `<title>&#60;script&#62;pwned()&#60;/script&#62;</title>`,
    );
    mkdirSync(join(out, "game-days/one"), { recursive: true });
    writeFileSync(join(out, "game-days/one/day.json"), "{}");
    expect(writeIndex(out).broken).toEqual([]);
    writeFileSync(join(out, "game-days/one/report.html"), "<title>A day</title>");
    const { pages, broken } = writeIndex(out);
    expect(broken).toEqual([]);
    expect(pages.find(({ title }) => title === "A day")?.path).toBe("game-days/one/report.html");
    expect(pages.map(({ title }) => title)).toContain("<script>pwned()</script>");
    const page = readFileSync(join(out, "index.html"), "utf8");
    expect(page).not.toContain("<script>pwned");
    expect(page).not.toContain("<img");
    expect(page).toContain("evil/%3Cb%3E'%22%26%23x27%3B%3Fx%3D1%23y/".replaceAll("'", "&#39;"));
  });

  it("is written atomically, and includes runs that end meanwhile", () => {
    recorded("origin-storm/20260101T000000Z-00000001");
    let writes = 0;
    writeIndex(out, (index) => {
      // The other run has not seen this one, and overwrites the page.
      if (++writes === 1) {
        const late = recorded("origin-storm/20260102T000000Z-00000002");
        refreshIndexOf(
          { directory: late, plan: { experiment: "origin-storm" } as never },
          () => {},
        );
      }
      return renderIndex(index);
    });
    expect(writes).toBe(2);
    expect(readFileSync(join(out, "index.html"), "utf8")).toContain("20260102T000000Z-00000002");
    expect(readdirSync(out).sort()).toEqual(["index.html", "origin-storm"]);
  });

  it("warns if it cannot be written, and is not written beside a run in another place", () => {
    const warned: string[] = [];
    refreshIndex("/proc/nowhere", (text) => warned.push(text));
    expect(warned).toEqual([expect.stringContaining("the index of runs was not written")]);
    const elsewhere = recorded("20260101T000000Z-00000001");
    refreshIndexOf(
      { directory: elsewhere, plan: { experiment: "origin-storm" } as never },
      () => {},
    );
    expect(existsSync(join(out, "index.html"))).toBe(false);
  });

  it("shows the used part of the allowance, and which verdict was expected", () => {
    expect(
      allowanceUsed({ observed: 0.9995, limit: 0.999, comparison: ">=", unit: "share" }),
    ).toBeCloseTo(0.5, 6);
    expect(allowanceUsed({ observed: 600, limit: 500, comparison: "<=", unit: "ms" })).toBeCloseTo(
      1.2,
      6,
    );
    expect(allowanceUsed({ observed: null, limit: 500, comparison: "<=", unit: "ms" })).toBeNull();
    expect(startOfRunId("20261121T150405Z-1a2b3c4d")).toBe(Date.UTC(2026, 10, 21, 15, 4, 5));
    expect(startOfRunId("made-up")).toBeNull();
    expect([
      isAsExpected({ status: "refuted", without: ["x"] }),
      isAsExpected({ status: "refuted", without: [] }),
      isAsExpected({ status: "held", without: ["x"] }),
    ]).toEqual([true, false, false]);
  });
});
