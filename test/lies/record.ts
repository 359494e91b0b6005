/**
 * Records that were damaged, changed or combined after the run. All are read from disk like any
 * record.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import {
  change,
  type Draft,
  heldDraft,
  phaseMs,
  runOf,
  within,
  zeroMs,
} from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import type { Clock } from "../../harness/target/deployment.ts";
import type { RunEvent } from "../../harness/record/events.ts";
import { readRun } from "../../harness/run/read-run.ts";
import { Recorder } from "../../harness/run/recorder.ts";
import { type Honest, judged, type Lie, type LieGroup, type Outcome } from "./lie.ts";

type Change = (draft: Draft) => void;
const files = { plan: "plan.json", events: "events.ndjson", samples: "samples.csv.zst" } as const;

/** Records a run like the harness, changes its files, and judges the result. */
async function recorded(
  before: Change,
  after: (directory: string) => void | Promise<void>,
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-record-"));
  try {
    await record(directory, before);
    await after(directory);
    return judged(judge(await readRun(directory)));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const clock: Clock = {
  nowMs: () => zeroMs + 66_000,
  monotonicMs: () => 0,
  sleep: () => Promise.resolve(),
};

/** Records of one change: most damages begin with the same one. */
const written = new Map<Change, Promise<string>>();

/** A copy of such a record, which may be damaged. */
async function record(directory: string, before: Change, runId = "synthetic-1"): Promise<void> {
  if (runId !== "synthetic-1") return write(directory, before, runId);
  const first = written.get(before) ?? writeOnce(before, runId);
  written.set(before, first);
  cpSync(await first, directory, { recursive: true });
}

async function writeOnce(before: Change, runId: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-record-"));
  await write(directory, before, runId);
  return directory;
}

async function write(directory: string, before: Change, runId: string): Promise<void> {
  const draft = heldDraft();
  before(draft);
  const { series } = runOf(draft);
  await using recorder = new Recorder(directory, draft.plan, clock, { runId, synced: false });
  for (const event of draft.events)
    recorder.event(event.kind === "started" ? { ...event, runId } : event);
  for (const { atMs, values, ...one } of series) {
    const id = recorder.series(one);
    for (let index = 0; index < atMs.length; index++)
      recorder.sample(id, atMs[index] as number, values[index] as number);
  }
}

const asItIs: Change = () => {};

function editLines(directory: string, edit: (lines: string[]) => string[]): void {
  const path = join(directory, files.events);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  writeFileSync(path, `${edit(lines).join("\n")}\n`);
}

function editSamples(directory: string, edit: (lines: string[]) => string[]): void {
  const path = join(directory, files.samples);
  const text = zstdDecompressSync(readFileSync(path)).toString();
  writeFileSync(
    path,
    zstdCompressSync(
      edit(text.trimEnd().split("\n"))
        .map((line) => `${line}\n`)
        .join(""),
    ),
  );
}

interface PlanText {
  hypothesis: { comparison: string; limit: unknown; samplesMin: number }[];
  rerun: string;
}

function editPlan(directory: string, edit: (plan: PlanText) => void): void {
  const path = join(directory, files.plan);
  const plan = JSON.parse(readFileSync(path, "utf8")) as PlanText;
  edit(plan);
  writeFileSync(path, `${JSON.stringify(plan, null, 2)}\n`);
}

/** The event lines that contain a given text. */
const without =
  (text: string) =>
  (lines: string[]): string[] =>
    lines.filter((line) => !line.includes(text));
const replaced =
  (text: string, by: string) =>
  (lines: string[]): string[] =>
    lines.map((line) => line.replaceAll(text, by));

async function otherRun(
  other: Change,
  take: readonly string[],
  into: string,
  runId: string,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-record-"));
  await record(directory, other, runId);
  for (const name of take) cpSync(join(directory, name), join(into, name));
  rmSync(directory, { recursive: true, force: true });
}

const withEvent =
  (event: RunEvent): Change =>
  (draft) => {
    draft.events = [...draft.events, event].sort((a, b) => a.atMs - b.atMs);
  };
const death = withEvent({
  kind: "exited",
  atMs: zeroMs + 50_000,
  service: "region-b/edge",
  expected: false,
  detail: "SIGSEGV",
});
const lost: Change = (draft) =>
  change(
    draft,
    (sample) =>
      sample.metric === "segment_ms" && within(zeroMs + phaseMs, zeroMs + phaseMs + 9_000)(sample),
    { tags: { outcome: "lost" } },
  );

const damaged = (
  name: string,
  says: string,
  before: Change,
  after: (directory: string) => void | Promise<void>,
): Lie => ({ name, says, caughtBy: "record.whole", plant: () => recorded(before, after) });

const damages: readonly Lie[] = [
  damaged("death-cut-out", "the line of a service's death is removed", death, (at) =>
    editLines(at, without("SIGSEGV")),
  ),
  damaged(
    "clock-step-cut-out",
    "the line of a clock that stepped is removed",
    withEvent({ kind: "clockStepped", atMs: zeroMs + 50_000, byMs: 4_000 }),
    (at) => editLines(at, without("clockStepped")),
  ),
  damaged("death-called-expected", "an unplanned death is recorded as expected", death, (at) =>
    editLines(at, replaced('"expected":false', '"expected":true')),
  ),
  damaged(
    "fault-called-landed",
    "a fault that did not land is recorded as landed",
    (draft) => {
      draft.events = draft.events.map((event) =>
        event.kind !== "injected"
          ? event
          : { ...event, evidence: { landed: false, observation: "it still answers" } },
      );
    },
    (at) => editLines(at, replaced('"landed":false', '"landed":true')),
  ),
  damaged(
    "heal-written-later",
    "the event of a heal is written by hand",
    (draft) => {
      draft.events = draft.events.map((event) =>
        event.kind !== "healed"
          ? event
          : { ...event, evidence: { landed: false, observation: "still down" } },
      );
    },
    (at) =>
      editLines(at, (lines) =>
        lines.map((line) => {
          if (!line.includes('"healed"')) return line;
          const { link: _link, ...event } = JSON.parse(line) as Record<string, unknown>;
          return JSON.stringify({
            ...event,
            evidence: { landed: true, observation: "it answers" },
          });
        }),
      ),
  ),
  damaged("line-inserted", "a line is inserted among the events", asItIs, (at) =>
    editLines(at, (lines) =>
      lines.toSpliced(
        5,
        0,
        JSON.stringify({ kind: "note", atMs: zeroMs - 4_000, text: "all is well" }),
      ),
    ),
  ),
  damaged(
    "line-copied",
    "a line of the events is duplicated",
    withEvent({ kind: "note", atMs: zeroMs, text: "x" }),
    (at) =>
      editLines(at, (lines) =>
        lines.flatMap((line) => (line.includes('"note"') ? [line, line] : [line])),
      ),
  ),
  damaged(
    "lines-swapped",
    "two events of one moment are swapped",
    (draft) => {
      withEvent({ kind: "note", atMs: zeroMs + 1, text: "first" })(draft);
      withEvent({ kind: "note", atMs: zeroMs + 1, text: "second" })(draft);
    },
    (at) =>
      editLines(at, (lines) => {
        const first = lines.findIndex((line) => line.includes("first"));
        return lines.toSpliced(first, 2, lines[first + 1] as string, lines[first] as string);
      }),
  ),
  damaged("limits-loosened", "limits in the plan are loosened after the run", lost, (at) =>
    editPlan(at, ({ hypothesis }) => {
      for (const claim of hypothesis) if (claim.comparison === ">=") claim.limit = 0.01;
    }),
  ),
  damaged("fewer-samples-asked", "the plan requires fewer samples than it did", asItIs, (at) =>
    editPlan(at, ({ hypothesis }) => {
      for (const claim of hypothesis) claim.samplesMin = 1;
    }),
  ),
  damaged("plan-of-another-run", "the plan is that of another run", asItIs, (at) =>
    otherRun(
      (draft) => {
        draft.plan = { ...draft.plan, seed: 2 };
      },
      [files.plan],
      at,
      "synthetic-1",
    ),
  ),
  damaged(
    "sample-cut-out",
    "a line of the samples is removed and they are packed again",
    asItIs,
    (at) => editSamples(at, (lines) => lines.toSpliced(lines.length - 40, 1)),
  ),
  damaged("bad-called-good", "a lost request is recorded as served", lost, (at) =>
    editSamples(at, replaced('"outcome":"lost"', '"outcome":"served"')),
  ),
  damaged("value-changed", "one waiting time is changed", asItIs, (at) =>
    editSamples(at, (lines) =>
      lines.map((line, index) => (index === 300 ? line.replace(/,[\d.]+$/, ",1") : line)),
    ),
  ),
  damaged("half-of-the-requests", "every other request of the viewers is removed", asItIs, (at) =>
    editSamples(at, (lines) => {
      const series = lines
        .map((line) => /^#(\d+) .*"http_req_ms"/.exec(line)?.[1])
        .find((id) => id !== undefined);
      return lines.filter((line, index) => !line.startsWith(`${series},`) || index % 2 > 0);
    }),
  ),
  damaged("end-cut-off", "the last samples are cut off at a line's end", asItIs, (at) =>
    editSamples(at, (lines) => lines.slice(0, -3)),
  ),
  damaged("samples-reordered", "two samples are swapped", asItIs, (at) =>
    editSamples(at, (lines) => lines.toSpliced(200, 2, lines[201] as string, lines[200] as string)),
  ),
  damaged("samples-added", "a second series of samples is appended to the first", asItIs, (at) =>
    appendFileSync(join(at, files.samples), zstdCompressSync(`0,${(zeroMs + 1) * 1_000},20\n`)),
  ),
  damaged("garbage-behind-the-samples", "foreign bytes follow the samples", asItIs, (at) =>
    appendFileSync(join(at, files.samples), "garbage that nobody wrote\n"),
  ),
  damaged(
    "samples-of-another-run",
    "the samples are those of another run of the same plan",
    lost,
    (at) => otherRun(asItIs, [files.samples], at, "synthetic-2"),
  ),
  damaged(
    "samples-of-a-namesake",
    "the samples are those of another run with the same name",
    lost,
    (at) => otherRun(asItIs, [files.samples], at, "synthetic-1"),
  ),
  damaged(
    "events-of-another-run",
    "the events are those of another run of the same plan",
    death,
    (at) => otherRun(asItIs, [files.events], at, "synthetic-2"),
  ),
  damaged("renamed-run", "the record names another run", asItIs, (at) =>
    editLines(at, replaced('"runId":"synthetic-1"', '"runId":"synthetic-7"')),
  ),
  damaged("seal-cut-off", "the seal is removed", asItIs, (at) =>
    editLines(at, (lines) => lines.slice(0, -1)),
  ),
  damaged(
    "links-taken-out",
    "links and seal are removed, so that it looks like an older record",
    death,
    (at) =>
      editLines(at, (lines) =>
        without("SIGSEGV")(lines)
          .slice(0, -1)
          .map((line) => line.replace(/,"link":"\w+"\}$/, "}")),
      ),
  ),
  damaged("seal-of-another-run", "the seal is that of another run", asItIs, async (at) => {
    const own = readFileSync(join(at, files.events), "utf8").trimEnd().split("\n");
    await otherRun(asItIs, [files.events], at, "synthetic-2");
    editLines(at, (lines) => [...own.slice(0, -1), lines.at(-1) as string]);
  }),
  damaged("written-on-after-the-seal", "a line comes after the seal", asItIs, (at) =>
    editLines(at, (lines) => [
      ...lines,
      JSON.stringify({ kind: "note", atMs: zeroMs + 67_000, text: "all is well" }),
    ]),
  ),
];

/**
 * Sealed like the run's own record, so that only counts, lengths and order can reveal the change.
 */
const forged = (name: string, says: string, before: Change): Lie => ({
  name,
  says,
  caughtBy: "record.fits",
  plant: () => recorded(before, () => {}),
});

const moved =
  (isMeant: (event: RunEvent) => boolean, byMs: number): Change =>
  (draft) => {
    draft.events = draft.events.map((event) => (isMeant(event) ? later(event, byMs) : event));
  };
const later = (event: RunEvent, byMs: number): RunEvent =>
  event.kind === "observed"
    ? {
        ...event,
        atMs: event.atMs + byMs,
        fromMs: event.fromMs + byMs,
        untilMs: event.untilMs + byMs,
      }
    : { ...event, atMs: event.atMs + byMs };
const isPhase =
  (phase: string) =>
  (event: RunEvent): boolean =>
    event.kind === "phase" && event.phase === phase;
const swapped =
  (a: RunEvent["kind"], b: RunEvent["kind"]): Change =>
  (draft) => {
    const [first, second] = [a, b].map((kind) =>
      draft.events.findIndex((event) => event.kind === kind),
    ) as [number, number];
    const [one, other] = [draft.events[first] as RunEvent, draft.events[second] as RunEvent];
    draft.events = draft.events
      .with(first, { ...other, atMs: one.atMs })
      .with(second, { ...one, atMs: other.atMs });
  };
const twice =
  (kind: RunEvent["kind"]): Change =>
  (draft) => {
    draft.events = draft.events.flatMap((event) =>
      event.kind === kind ? [event, event] : [event],
    );
  };

const forgeries: readonly Lie[] = [
  forged(
    "recovery-ended-early",
    "the end of the recovery is moved before the collapse",
    moved(isPhase("drain"), -3_500),
  ),
  forged(
    "fault-phase-later",
    "the fault begins after its worst seconds",
    moved(isPhase("fault"), 3_000),
  ),
  forged(
    "recovery-later",
    "the recovery begins after its worst seconds",
    moved(isPhase("recovery"), 3_000),
  ),
  forged(
    "baseline-earlier",
    "the baseline begins in the lead-in",
    moved(isPhase("baseline"), -1_000),
  ),
  forged("events-later", "all events are 3 s later than they were", (draft) => {
    moved(() => true, 3_000)(draft);
    draft.events = draft.events.map((event) =>
      "plannedMs" in event ? { ...event, plannedMs: event.plannedMs + 3_000 } : event,
    );
  }),
  forged("events-earlier", "all events are 3 s earlier than they were", (draft) => {
    moved(() => true, -3_000)(draft);
    draft.events = draft.events.map((event) =>
      "plannedMs" in event ? { ...event, plannedMs: event.plannedMs - 3_000 } : event,
    );
  }),
  forged("event-against-time", "an event follows one of a later moment", (draft) => {
    draft.events = draft.events.toSpliced(-1, 0, { kind: "note", atMs: zeroMs, text: "x" });
  }),
  forged(
    "load-before-the-target",
    "the load began before the target was up",
    swapped("deployed", "loadStarted"),
  ),
  forged("healed-before-healing", "a heal was over before it began", swapped("healing", "healed")),
  forged("acted-before-injecting", "a fault ended before it began", (draft) => {
    draft.events = draft.events.map((event) =>
      event.kind === "injected" ? { ...event, actedMs: event.atMs - 1_500 } : event,
    );
  }),
  forged("injected-twice", "one fault was injected twice", twice("injected")),
  forged("two-beginnings-of-the-load", "the load began twice", twice("loadStarted")),
  forged("other-fault", "the injected fault is not the planned one", (draft) => {
    const fault = { kind: "kill", service: "region-a/packager" } as const;
    draft.events = draft.events.map((event) => ("fault" in event ? { ...event, fault } : event));
  }),
  forged("fault-planned-later", "the plan has the fault 2 s later than it was", (draft) => {
    draft.plan = {
      ...draft.plan,
      steps: draft.plan.steps.map((step) => ({ ...step, atMs: step.atMs + 2_000 })),
    };
  }),
  forged("fault-planned-shorter", "the plan has a shorter fault than there was", (draft) => {
    draft.plan = {
      ...draft.plan,
      steps: draft.plan.steps.map((step) => ({ ...step, forMs: 4_000 })),
    };
  }),
  forged("fault-not-planned", "the plan has no fault, and the record has one", (draft) => {
    draft.plan = { ...draft.plan, steps: [] };
  }),
  forged("shorter-phases-planned", "the plan has a shorter recovery than there was", (draft) => {
    draft.plan = { ...draft.plan, phasesMs: { ...draft.plan.phasesMs, recovery: phaseMs - 4_000 } };
  }),
  forged("drain-twice", "a phase occurs twice", (draft) => {
    const drain = draft.events.findIndex(isPhase("drain"));
    draft.events = draft.events.toSpliced(drain + 1, 0, draft.events[drain] as RunEvent);
  }),
  forged("load-of-another-length", "the recorded duration of the load is halved", (draft) => {
    draft.events = draft.events.map((event) =>
      event.kind === "generator" ? { ...event, seconds: 33 } : event,
    );
  }),
  forged("target-up-at-once", "the recorded start-up of the target is a tenth", (draft) => {
    draft.events = draft.events.map((event) =>
      event.kind === "deployed" ? { ...event, tookMs: 350 } : event,
    );
  }),
  forged("baseline-alone", "all claims but those of the baseline are gone", (draft) => {
    const hypothesis = draft.plan.hypothesis
      .slice(0, 1)
      .map((claim) => ({ ...claim, during: ["baseline"] as const }));
    draft.plan = { ...draft.plan, hypothesis, recovery: null };
  }),
  forged(
    "load-asked-before-the-target",
    "the requested start of the load precedes the target's",
    (draft) => {
      draft.events = draft.events.map((event) =>
        event.kind === "loadStarted" ? { ...event, askedMs: event.atMs - 60_000 } : event,
      );
    },
  ),
  forged("samples-from-before", "viewers' samples precede the load", (draft) => {
    const viewer = draft.samples.find(({ metric }) => metric === "segment_ms");
    if (viewer !== undefined) draft.samples.unshift({ ...viewer, startedMs: zeroMs - 8_000 });
  }),
];

const begins = (event: RunEvent): boolean =>
  event.kind === "loadStarted" || isPhase("leadIn")(event);

const honest = (
  name: string,
  says: string,
  before: Change,
  after: (directory: string) => void = () => {},
): Honest => ({ name, says, plant: () => recorded(before, after) });

const controls: readonly Honest[] = [
  honest("record-as-written", "the record is unchanged", asItIs),
  honest(
    "expected-death",
    "a service was ended on purpose",
    withEvent({
      kind: "exited",
      atMs: zeroMs + 64_000,
      service: "region-b/edge",
      expected: true,
      detail: "exit status 0",
    }),
  ),
  honest(
    "heal-begun-early",
    "a heal began 2 s before its time",
    moved((event) => event.kind === "healing" || event.kind === "observed", -1_500),
  ),
  honest("slow-disk", "the start of the load was recorded 3 s late", (draft) => {
    moved((event) => event.atMs < zeroMs - 3_999 && !isPhase("leadIn")(event), -3_000)(draft);
    draft.events = draft.events.map((event) =>
      event.kind === "generator" ? { ...event, seconds: 70 } : event,
    );
  }),
  honest("busy-machine", "each phase began 1 to 2 s after it was due", (draft) => {
    moved(isPhase("fault"), 1_000)(draft);
    moved(isPhase("recovery"), 2_000)(draft);
    moved(isPhase("drain"), 1_500)(draft);
  }),
  honest(
    "slow-to-begin",
    "the generator took 2.5 s to begin, and the prober was already active",
    (draft) => {
      const probe = draft.samples.find(({ metric }) => metric === "canary_ms");
      draft.events = draft.events.map((event) => {
        if (event.kind !== "loadStarted") return event;
        if (probe !== undefined) draft.samples.unshift({ ...probe, startedMs: event.atMs - 2_400 });
        return { ...event, askedMs: event.atMs - 2_500 };
      });
      moved((event) => event.atMs < zeroMs - 3_999 && !begins(event), -3_000)(draft);
      draft.events = draft.events.map((event) =>
        event.kind === "generator" ? { ...event, seconds: 70 } : event,
      );
    },
  ),
  honest(
    "notes",
    "people wrote notes into it",
    withEvent({ kind: "note", atMs: zeroMs + 1, text: '","link":"0123456789abcdef"}' }),
  ),
];

export const records: LieGroup = {
  title: "a record that was changed after the run",
  runs: "hermetic",
  lies: [...damages, ...forgeries],
  honest: controls,
};
