import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unknownSubstrate } from "../record/substrates.ts";
import { readRun } from "../run/read-run.ts";
import originStorm from "../../experiments/origin-storm.ts";
import { judgedAgain, recordedVerdicts } from "./verdict-history.ts";

const sample = resolve(import.meta.dirname, "../../reports/sample");
let reports: string;

beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), "seawall-records-"));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

/** The sample run as another version would have recorded it. */
function recordedAs(changes: Readonly<Record<string, unknown>>): string {
  const directory = join(reports, "origin-storm", "20260101T000000Z-00000001");
  cpSync(sample, directory, { recursive: true });
  const path = join(directory, "plan.json");
  const plan = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...plan, ...changes }));
  return directory;
}

describe("a recorded run with an unknown name", () => {
  it.each([
    ["a substrate", { substrate: "moon" }, unknownSubstrate("moon") ?? ""],
    [
      "a tier",
      { tier: "godzilla" },
      'it is of the tier "godzilla", which this version does not know',
    ],
    [
      "a statistic",
      { hypothesis: [{ statistic: "p77" }] },
      'it uses the statistic "p77", which this version does not know',
    ],
  ] as const)("is found, and doubted in one sentence: %s", async (_what, changes, doubt) => {
    const directory = recordedAs(changes);
    expect(recordedVerdicts(reports)).toEqual([
      expect.objectContaining({ experiment: "origin-storm", doubt }),
    ]);
    await expect(readRun(directory)).rejects.toThrow(`plan.json cannot be read: ${doubt}`);
  });

  it("does not have a known name", () => {
    recordedAs({});
    expect(recordedVerdicts(reports)[0]).not.toHaveProperty("doubt");
  });
});

describe("a recorded run as a prerequisite", () => {
  /** The experiment as it was when the sample was recorded. */
  const then = async (): Promise<typeof originStorm> => {
    const { hypothesis } = (await readRun(sample)).plan;
    return { ...originStorm, hypothesis };
  };
  const vouched = async (today: typeof originStorm | null): Promise<unknown> => {
    cpSync(sample, join(reports, "origin-storm", "20260101T000000Z-00000001"), { recursive: true });
    const recorded = recordedVerdicts(reports);
    const [one] = await judgedAgain(recorded, recorded, () =>
      today === null ? null : Promise.resolve(today),
    );
    return one;
  };

  it("counts if it asked what its experiment asks today, or if that is unknown", async () => {
    for (const today of [await then(), null])
      expect(await vouched(today)).not.toHaveProperty("doubt");
  });

  it("does not count if another experiment of its name asks for less", async () => {
    const doubt = "it asks something else than today's origin-storm";
    const asked = await then();
    for (const more of [
      { hypothesis: asked.hypothesis.slice(1) },
      { method: [] },
      { recovery: null },
    ])
      expect(await vouched({ ...asked, ...more })).toMatchObject({ doubt });
  });
});
