/**
 * Plans and events with one changed place: each ends in one line and its own exit status, never in
 * an internal error.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { comparability } from "../compare/comparable.ts";
import { SeawallError } from "../base/errors.ts";
import { heldDraft, runOf } from "../../test/support/judge/held-run.ts";
import { renderHtml } from "../report/html.ts";
import { renderJunit } from "../report/junit.ts";
import { reportModel } from "../report/model.ts";
import { renderVerdictText } from "../report/text.ts";
import { readRun } from "../run/read-run.ts";
import { Recorder } from "../run/recorder.ts";
import { exportRequests } from "../telemetry/otlp.ts";
import { times } from "../../test/support/thorough.ts";
import { judgeRecord } from "../app/judge-record.ts";

let directory: string;
let plan: object, events: object[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "seawall-malformed-"));
  const draft = heldDraft();
  const clock = { nowMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() };
  {
    await using recorder = new Recorder(directory, draft.plan, clock, { synced: false });
    for (const event of draft.events) recorder.event(event);
    for (const { atMs, values, ...one } of runOf(draft).series) {
      const id = recorder.series(one);
      for (let index = 0; index < Math.min(40, atMs.length); index++)
        recorder.sample(id, atMs[index] as number, values[index] as number);
    }
  }
  plan = JSON.parse(readFileSync(join(directory, "plan.json"), "utf8")) as object;
  events = readFileSync(join(directory, "events.ndjson"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const odd: readonly unknown[] = [
  null,
  undefined,
  0,
  -1,
  0.5,
  1e308,
  1e15,
  -1e15,
  "",
  "x",
  "constructor",
  "__proto__",
  "2026",
  true,
  [],
  {},
  [null],
  { of: "recovery" },
  { kind: "kill" },
];

type Path = readonly string[];
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]))];
}

function changed<T>(value: T, path: Path, by: unknown): T {
  const copy = structuredClone(value);
  const parent = path
    .slice(0, -1)
    .reduce((inner, key) => (inner as Record<string, unknown>)[key], copy as unknown) as Record<
    string,
    unknown
  >;
  const key = path.at(-1) as string;
  if (by === undefined) delete parent[key];
  else parent[key] = by;
  return copy;
}

/** As in `judge`, `report`, `export` and `compare`. */
async function everything(): Promise<void> {
  const run = await readRun(directory);
  const verdict = judgeRecord(run);
  renderVerdictText(verdict, { columns: 100, colour: false });
  renderJunit({ verdict, plan: run.plan });
  comparability([[run], [run]]);
  renderHtml(reportModel(run, verdict));
  let requests = 0;
  for (const _ of exportRequests(run, { everyMs: 1_000, pointsPerRequest: 30, attributes: {} }))
    if (++requests > 500) throw new Error("export never ends");
}

describe("a malformed record", () => {
  const each = async (
    file: "plan.json" | "events.ndjson",
    text: (at: number, by: unknown) => readonly [Path, string],
  ): Promise<void> => {
    const whole = readFileSync(join(directory, file));
    try {
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.constantFrom(...odd), async (at, by) => {
          const [path, content] = text(at, by);
          writeFileSync(join(directory, file), content);
          const thrown = await everything().then(
            () => null,
            (error: unknown) => error,
          );
          if (thrown !== null && !(thrown instanceof SeawallError))
            throw new Error(`${path.join(".")} = ${JSON.stringify(by)}`, { cause: thrown });
        }),
        { numRuns: times(20) },
      );
    } finally {
      writeFileSync(join(directory, file), whole);
    }
  };

  it("with a changed plan ends in one line", async () => {
    const paths = pathsOf(plan).filter((path) => path.length > 0);
    await each("plan.json", (at, by) => {
      const path = paths[at % paths.length] as Path;
      return [path, JSON.stringify(changed(plan, path, by))];
    });
  }, 120_000);

  it("with a changed event ends in one line", async () => {
    const paths = pathsOf(events).filter((path) => path.length > 1);
    await each("events.ndjson", (at, by) => {
      const path = paths[at % paths.length] as Path;
      return [
        path,
        `${changed(events, path, by)
          .map((event) => JSON.stringify(event))
          .join("\n")}\n`,
      ];
    });
  }, 120_000);

  it("does not stretch its windows to an event of the year 1970", async () => {
    const whole = readFileSync(join(directory, "events.ndjson"));
    const early = events.map((event) =>
      "kind" in event && event.kind === "healed" ? { ...event, atMs: 0.5 } : event,
    );
    writeFileSync(
      join(directory, "events.ndjson"),
      early.map((event) => JSON.stringify(event)).join("\n"),
    );
    const { damage } = await readRun(directory);
    await everything();
    writeFileSync(join(directory, "events.ndjson"), whole);
    expect(damage.join()).toContain("1 events lie further apart than any run lasts");
  });

  it("is no run at all if a folder contains something else", async () => {
    for (const [name, make] of [
      ["empty", (path: string) => mkdirSync(path)],
      ["folders", (path: string) => mkdirSync(join(path, "inner"), { recursive: true })],
      ["run.zip", (path: string) => writeFileSync(path, "PK\u0003\u0004")],
      ["planFolder", (path: string) => mkdirSync(join(path, "plan.json"), { recursive: true })],
    ] as const) {
      const path = join(directory, name);
      make(path);
      await expect(readRun(path), name).rejects.toMatchObject({
        code: "RUN_DIRECTORY_BROKEN",
        exitCode: 64,
      });
    }
  });
});
