import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../base/errors.ts";
import type { By, Day, DayEvent, Outcome } from "./day/day.ts";
import { stateOf, stepsLeft } from "./day/day-state.ts";
import { judgeDay } from "./day/judge-day.ts";
import type { Plan } from "../record/plan.ts";
import type { RunEvent } from "../record/events.ts";
import { conduct, RunAborted } from "../run/conductor.ts";
import { type Chances, virtualWorld } from "../../test/support/simulated/virtual-world.ts";
import { VirtualClock } from "../substrates/simulated/virtual-clock.ts";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import { conductDay, NoGo } from "./conduct-day.ts";
import { dayOf, stepOf } from "../../test/support/game-day/day.ts";
import { MemoryLog } from "./memory-log.ts";
import { type DayStopped, Desk } from "./desk.ts";
import { times } from "../../test/support/thorough.ts";

const anna: By = { role: "conductor", name: "Anna" };
const chances: Chances = {
  deployFails: 0.03,
  injectFails: 0.05,
  healFails: 0,
  loadDies: 0.05,
  userAborts: 0,
};
const plan: Plan = {
  ...heldPlan(),
  leadInMs: 4_000,
  phasesMs: { baseline: 10_000, fault: 20_000, recovery: 10_000 },
  steps: [
    { atMs: 2_000, forMs: 8_000, fault: { kind: "kill", service: "one" } },
    { atMs: 4_000, forMs: 16_000, fault: { kind: "kill", service: "two" } },
  ],
};

interface Word {
  readonly atMs: number;
  readonly what: "go" | "no-go" | "stop" | "note" | "late go" | "Ctrl-C";
}

/** Plays a day with runs of the real conductor, in virtual time. */
async function play(
  day: Day,
  words: readonly Word[],
  seed: number,
  past: readonly DayEvent[] = [],
  luck = chances,
) {
  const runs: {
    step: number;
    events: readonly RunEvent[];
    inForce: ReadonlyMap<string, number>;
  }[] = [];
  const clock = new VirtualClock(0);
  const log = new MemoryLog(() => clock.nowMs());
  log.events.push(...past);
  const desk = new Desk(day, log, clock);
  const terminal = new AbortController();
  const refused: boolean[] = [];
  for (const { atMs, what } of words) {
    void clock.sleep(atMs).then(() => {
      if (what === "stop") desk.stop(anna);
      else if (what === "Ctrl-C") terminal.abort();
      else if (what === "note") desk.note("seen", anna, `key ${atMs}`);
      else if (what === "late go")
        refused.push(desk.answer(desk.state.questionsAsked - 1, "go", anna));
      else desk.answer(desk.state.questionsAsked, what, anna);
    });
  }
  const run = async (
    step: number,
    hold: ((signal: AbortSignal) => Promise<void>) | null,
    stopped: AbortSignal,
  ): Promise<Outcome> => {
    const virtual = virtualWorld(plan, seed + step, luck);
    // The day and its runs share one clock: waits of the simulation advance the day's clock.
    Object.assign(virtual.clock, {
      sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
      nowMs: () => clock.nowMs(),
    });
    const world = {
      ...virtual.world,
      clock,
      ...(hold === null
        ? {}
        : {
            hold: {
              msMax: 1e6,
              release: (_: unknown, signal: AbortSignal) =>
                hold(signal).catch((error: unknown) => {
                  throw error instanceof NoGo ? new RunAborted("user", error.message) : error;
                }),
            },
          }),
    };
    runs.push({ step, events: virtual.outcome.events, inForce: virtual.outcome.inForce });
    const aborting = new AbortController();
    stopped.addEventListener(
      "abort",
      () => aborting.abort(new RunAborted("user", (stopped.reason as DayStopped).message)),
      { once: true },
    );
    await conduct(plan, world, aborting.signal);
    const aborted = virtual.outcome.events.find((event) => event.kind === "aborted");
    return {
      result: "inconclusive",
      why: "virtual",
      exitCode: aborted === undefined ? 0 : 3,
      aborted: aborted?.kind === "aborted" ? aborted.reason : null,
      cleanup: "clean",
    };
  };
  await clock.until(
    conductDay(
      day,
      {
        log,
        desk,
        run,
        explain: (error) => ({ why: String(error), exitCode: exitCodes.internal }),
      },
      terminal.signal,
    ),
  );
  return { log: log.events, runs, refused, state: desk.state };
}

const inputs = fc
  .tuple(
    fc.array(
      fc.record({
        atMs: fc.integer({ min: 0, max: 300_000 }),
        what: fc.constantFrom<Word["what"]>("go", "go", "no-go", "note", "late go"),
      }),
      { minLength: 5, maxLength: 30 },
    ),
    fc.option(
      fc.record({
        atMs: fc.integer({ min: 0, max: 200_000 }),
        what: fc.constantFrom<Word["what"]>("stop", "Ctrl-C"),
      }),
    ),
  )
  .map(([words, stop]) => (stop === null ? words : [...words, stop]));

describe("a game day", () => {
  it("heals every injection once, and runs only what people approved", async () => {
    let injected = 0,
      stoppedInRun = 0,
      leftOut = 0;
    await fc.assert(
      fc.asyncProperty(
        inputs,
        fc.integer({ min: 1, max: 1e6 }),
        fc.boolean(),
        async (spoken, seed, holds) => {
          const day = dayOf([
            stepOf("one"),
            stepOf("two", holds ? { holdMsMax: 30_000 } : {}),
            stepOf("three"),
          ]);
          const { log, runs, refused } = await play(day, spoken, seed);
          for (const { events, inForce } of runs) {
            expect([...inForce.values()].every((count) => count === 0)).toBe(true);
            for (const step of plan.steps.keys()) {
              const of = (kind: RunEvent["kind"]) =>
                events.filter(
                  (event) => event.kind === kind && "step" in event && event.step === step,
                );
              const landed = of("injected").filter(
                (event) => event.kind === "injected" && event.evidence.landed,
              );
              expect(of("healed").length).toBe(landed.length);
              injected += landed.length;
            }
            expect(events.at(-1)?.kind).toBe("finished");
          }
          const goes = log.filter((event) => event.kind === "answered" && event.answer === "go");
          expect(runs.length).toBeLessThanOrEqual(goes.length);
          // Nothing begins after the day has been stopped.
          const stop = log.findIndex((event) => event.kind === "stopped");
          if (stop >= 0)
            expect(
              log
                .slice(stop)
                .filter(
                  (event) =>
                    event.kind === "began" || event.kind === "asked" || event.kind === "answered",
                ),
            ).toEqual([]);
          if (stop >= 0 && runs.some((one) => one.events.some((event) => event.kind === "aborted")))
            stoppedInRun++;
          expect(refused.every((accepted) => !accepted)).toBe(true);
          expect(log.map((event) => event.seq)).toEqual(log.map((_, index) => index + 1));
          expect(log.filter((event) => event.kind === "closed")).toHaveLength(1);
          expect(log.at(-1)?.kind === "closed" || log.at(-1)?.kind === "note").toBe(true);
          // Each question has at most one answer, and no answer comes after its time.
          for (const asked of log.filter((event) => event.kind === "asked")) {
            const answers = log.filter(
              (event) => event.kind === "answered" && event.question === asked.question,
            );
            expect(answers.length).toBeLessThanOrEqual(1);
            for (const answer of answers) expect(answer.atMs).toBeLessThanOrEqual(asked.untilMs);
          }
          leftOut += log.filter(
            (event) => event.kind === "answered" && event.answer === "no-go",
          ).length;
        },
      ),
      { numRuns: times(120) },
    );
    // A day without any of these events would prove nothing.
    for (const seen of [injected, stoppedInRun, leftOut]) expect(seen).toBeGreaterThan(8);
  });

  it("skips and reports a step without an answer", async () => {
    const day = dayOf([stepOf("one"), stepOf("two")]);
    const { log, runs, state } = await play(day, [{ atMs: 70_000, what: "go" }], 1, [], {
      ...chances,
      deployFails: 0,
      loadDies: 0,
    });
    expect(runs.map((run) => run.step)).toEqual([1]);
    expect(state.outcomes[0]).toMatchObject({
      result: null,
      why: "skipped: no answer in time",
    });
    expect(log.filter((event) => event.kind === "answered")).toMatchObject([
      { answer: "no-go", by: { role: "nobody" }, atMs: 60_000 },
      { answer: "go", by: anna },
    ]);
    expect(judgeDay(day, log, [null, null])).toMatchObject({
      status: "inconclusive",
      exitCode: exitCodes.inconclusive,
    });
  });

  it("takes a held target down without a fault if no person approves it", async () => {
    const day = dayOf([stepOf("one", { holdMsMax: 5_000 })]);
    const { runs, state } = await play(day, [{ atMs: 1_000, what: "go" }], 1, [], {
      ...chances,
      deployFails: 0,
    });
    expect(
      runs[0]?.events.some((event) => event.kind === "injecting" || event.kind === "loadStarted"),
    ).toBe(false);
    expect(state.outcomes[0]).toMatchObject({
      result: null,
      why: expect.stringContaining("before any fault: no answer"),
      aborted: null,
    });
  });

  it("asks no person with --yes", async () => {
    const day = dayOf([stepOf("one"), stepOf("two", { holdMsMax: 5_000 })], { answers: "yes" });
    const { log, runs } = await play(day, [], 1, [], {
      ...chances,
      deployFails: 0,
      loadDies: 0,
      injectFails: 0,
    });
    expect(runs.map((run) => run.step)).toEqual([0, 1]);
    expect(
      log
        .filter((event) => event.kind === "answered")
        .map((event) => event.kind === "answered" && event.by.role),
    ).toEqual(["--yes", "--yes", "--yes"]);
  });

  it("resumes where it was stopped, or where its harness was killed", async () => {
    const day = dayOf([stepOf("one"), stepOf("two"), stepOf("three")]);
    const lucky = { deployFails: 0, injectFails: 0, healFails: 0, loadDies: 0, userAborts: 0 };
    const first = await play(
      day,
      [
        { atMs: 0, what: "go" },
        { atMs: 100_000, what: "go" },
        { atMs: 120_000, what: "stop" },
      ].map((word) => word as Word),
      1,
      [],
      lucky,
    );
    expect(first.state.stoppedBy).toEqual(anna);
    // Wherever the log is cut, the remaining steps are those without a complete outcome.
    for (let cut = 0; cut <= first.log.length; cut++) {
      const state = stateOf(3, first.log.slice(0, cut));
      expect(stepsLeft(state)).toEqual(
        [0, 1, 2].filter(
          (step) => state.outcomes[step] === null || state.outcomes[step]?.aborted === "user",
        ),
      );
    }
    const again = await play(
      day,
      Array.from({ length: 40 }, (_, index): Word => ({ atMs: index * 10_000, what: "go" })),
      1,
      first.log,
      lucky,
    );
    expect(again.runs.map((run) => run.step)).toEqual(stepsLeft(first.state));
    expect(again.runs).not.toEqual([]);
    expect(again.state.stoppedBy).toBeNull();
  });
});
