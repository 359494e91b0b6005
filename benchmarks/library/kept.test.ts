import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Experiment } from "../../harness/experiment/experiment.ts";
import type { Plan } from "../../harness/record/plan.ts";
import type { Verdict } from "../../harness/record/verdict.ts";
import { keptIn } from "./kept.ts";

const storm = {
  name: "storm",
  hypothesis: [{ title: "Served", during: ["fault"] }],
  recovery: null,
  reliesOn: { jitter: ["served"] },
} as unknown as Experiment;
const plan = {
  substrate: "process",
  without: [],
  hypothesis: [],
  targetVersion: "v",
} as unknown as Plan;
const events = ['{"kind":"started","atMs":1000.5}', '{"kind":"finished","atMs":91000}'];

interface Kept {
  readonly id: string;
  readonly plan?: Partial<Plan>;
  readonly verdict?: Partial<Verdict>;
  readonly events?: readonly string[];
}

function folderWith(...runs: readonly Kept[]): string {
  const out = mkdtempSync(join(tmpdir(), "seawall-kept-"));
  for (const run of runs) {
    const directory = join(out, "storm", run.id);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "plan.json"), JSON.stringify({ ...plan, ...run.plan }));
    writeFileSync(
      join(directory, "verdict.json"),
      JSON.stringify({
        experiment: "storm",
        runId: run.id,
        without: [],
        status: "held",
        why: "",
        findings: [],
        aborted: null,
        ...run.verdict,
      }),
    );
    writeFileSync(join(directory, "events.ndjson"), `${(run.events ?? events).join("\n")}\n`);
  }
  return out;
}

it("takes another command's runs, oldest first, each once", () => {
  const out = folderWith(
    { id: "20261122T050000Z-b" },
    {
      id: "20261122T040000Z-a",
      verdict: { without: ["jitter"], status: "refuted" },
      plan: { without: ["jitter"] },
    },
    { id: "20261122T030000Z-c" },
  );
  expect(keptIn(out, [storm], new Set(["20261122T030000Z-c"]))).toMatchObject([
    { run: "20261122T040000Z-a", without: "jitter", asItMust: false, version: "v", seconds: 90 },
    { run: "20261122T050000Z-b", without: null, asItMust: true },
  ]);
  expect(keptIn(join(out, "nothing"), [storm], new Set())).toEqual([]);
});

it.each<[string, Kept]>([
  ["in virtual time", { id: "1", plan: { substrate: "simulated" } }],
  ["with another audience", { id: "1", plan: { scale: 2 } }],
  ["without two defences", { id: "1", plan: { without: ["jitter", "steering"] } }],
  [
    "interrupted by hand",
    { id: "1", verdict: { status: "inconclusive", aborted: { reason: "user", detail: "" } } },
  ],
  ["whose record ends early", { id: "1", events: events.slice(0, 1) }],
])("leaves out a run %s", (_how, run) => {
  expect(keptIn(folderWith(run), [storm], new Set())).toEqual([]);
});

it("keeps a run that aborted by itself, because it did not end as expected", () => {
  const out = folderWith({
    id: "1",
    verdict: { status: "inconclusive", aborted: { reason: "claim", detail: "" } },
  });
  expect(keptIn(out, [storm], new Set())).toMatchObject([{ asItMust: false }]);
});
