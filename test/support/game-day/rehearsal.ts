/**
 * A day with its real server, desk and log on disk, and simulated runs: one second of a run takes
 * 100 ms.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "../../../harness/base/errors.ts";
import type { ClaimSoFar, Day, LaneSecond, Outcome } from "../../../harness/game-day/day/day.ts";
import { prng } from "../../../harness/base/prng.ts";
import { realClock } from "../../../harness/system/clock.ts";
import { writeWhole } from "../../../harness/system/files.ts";
import { conductDay, type RunStep } from "../../../harness/game-day/conduct-day.ts";
import { dayFiles } from "../../../harness/game-day/day-directory.ts";
import { DayLog } from "../../../harness/game-day/day-log.ts";
import { Desk } from "../../../harness/game-day/desk.ts";
import { serveDay, type Served } from "../../../harness/game-day/server.ts";

export interface Rehearsal extends AsyncDisposable {
  readonly directory: string;
  readonly log: DayLog;
  readonly desk: Desk;
  readonly page: Served;
  readonly over: Promise<void>;
  /** Faults that are in force and not healed. */
  readonly inForce: Set<string>;
  readonly healed: string[];
}

export async function rehearse(day: Day, secondMs = 100): Promise<Rehearsal> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-day-"));
  writeWhole(join(directory, dayFiles.day), JSON.stringify(day));
  const clock = realClock();
  const log = new DayLog(join(directory, dayFiles.events), () => clock.nowMs());
  const desk = new Desk(day, log, clock);
  const page = await serveDay({ day, desk, log, directory, nowMs: () => clock.nowMs(), port: 0 });
  const inForce = new Set<string>();
  const healed: string[] = [];
  const run: RunStep = (step, hold, stopped) =>
    played({ day, log, step, hold, stopped, secondMs, inForce, healed });
  const over = conductDay(
    day,
    { log, desk, run, explain: (error) => ({ why: String(error), exitCode: exitCodes.internal }) },
    new AbortController().signal,
  );
  return {
    directory,
    log,
    desk,
    page,
    over,
    inForce,
    healed,
    [Symbol.asyncDispose]: async () => {
      desk.stop({ role: "terminal", name: null });
      await over;
      await page[Symbol.asyncDispose]();
      log[Symbol.dispose]();
    },
  };
}

interface Playing {
  readonly day: Day;
  readonly log: DayLog;
  readonly step: number;
  readonly hold: ((signal: AbortSignal) => Promise<void>) | null;
  readonly stopped: AbortSignal;
  readonly secondMs: number;
  readonly inForce: Set<string>;
  readonly healed: string[];
}

async function played({
  day,
  log,
  step,
  hold,
  stopped,
  secondMs,
  inForce,
  healed,
}: Playing): Promise<Outcome> {
  const planned = day.steps[step] as Day["steps"][number];
  const random = prng(step + 1);
  const clock = realClock();
  let runMs = 1_800_000_000_000;
  const saw = (
    seen: Parameters<DayLog["append"]>[0] & { kind: "saw" } extends { seen: infer S } ? S : never,
  ): void => void log.append({ kind: "saw", step, runMs, seen });
  const fault = planned.faults[0];
  const heal = (): void => {
    if (fault === undefined || !inForce.delete(fault.label)) return;
    healed.push(fault.label);
    saw({
      what: "healed",
      index: 0,
      label: fault.label,
      evidence: { landed: true, observation: "it answers again" },
    });
  };
  const second = async (phase: string, held: boolean): Promise<void> => {
    await clock.sleep(secondMs, stopped);
    runMs += 1_000;
    log.append({
      kind: "second",
      step,
      runMs,
      held,
      lanes: lanesIn(phase, inForce.size > 0, random),
    });
  };
  try {
    saw({ what: "deploying" });
    await clock.sleep(secondMs, stopped);
    saw({ what: "deployed" });
    if (hold !== null) {
      const waiting = { over: false };
      const released = hold(stopped).finally(() => {
        waiting.over = true;
      });
      while (!waiting.over) await second("baseline", true);
      await released;
    }
    log.append({
      kind: "recording",
      step,
      runId: "20260101T000000Z-00000001",
      directory: "../../origin-storm/20260101T000000Z-00000001",
    });
    saw({ what: "phase", phase: "leadIn" });
    for (let s = 0; s < planned.leadInMs / 1_000; s++) await second("leadIn", false);
    const claims: ClaimSoFar[] = [];
    for (const phase of ["baseline", "fault", "recovery"] as const) {
      saw({ what: "phase", phase });
      for (let s = 0; s < planned.phasesMs[phase] / 1_000; s++) {
        if (phase === "fault" && fault !== undefined && s === fault.atMs / 1_000) {
          inForce.add(fault.label);
          saw({
            what: "injected",
            index: 0,
            label: fault.label,
            evidence: {
              landed: true,
              observation: "process 4711 is gone and 127.1.1.14:8080 refuses connections",
            },
          });
        }
        if (phase === "fault" && fault !== undefined && s === (fault.atMs + fault.forMs) / 1_000)
          heal();
        await second(phase, false);
        const open = claims
          .filter((claim) => claim.phase !== phase)
          .map((claim) => ({ ...claim, open: false }));
        claims.splice(0, claims.length, ...open, ...claimsIn(phase, planned, inForce.size > 0));
        log.append({ kind: "claims", step, claims: [...claims] });
      }
    }
    heal();
    saw({ what: "finished" });
    return {
      result: "held",
      why: "All 10 findings about the target held, and the record shows that every fault landed.",
      exitCode: 0,
      aborted: null,
      cleanup: "clean",
    };
  } catch {
    heal();
    saw({ what: "finished" });
    return {
      result: "inconclusive",
      why: "ended early",
      exitCode: exitCodes.interrupted,
      aborted: "user",
      cleanup: "clean",
    };
  }
}

function lanesIn(phase: string, struck: boolean, random: () => number): Record<string, LaneSecond> {
  const busy = phase === "fault" ? 10 : 1;
  const about = (value: number): number => Math.round(value * (0.9 + 0.2 * random()));
  return {
    dvr: {
      served: about(struck ? 8 * busy : 5 * busy),
      late: 0,
      shed: struck ? about(6 * busy) : 0,
      lost: 0,
      p50Ms: about(14),
      p99Ms: about(struck ? 310 : 60),
    },
    live: {
      served: about(25 * busy),
      late: struck ? about(1) : 0,
      shed: 0,
      lost: 0,
      p50Ms: about(9),
      p99Ms: about(struck ? 420 : 45),
    },
  };
}

function claimsIn(
  phase: ClaimSoFar["phase"],
  planned: Day["steps"][number],
  struck: boolean,
): ClaimSoFar[] {
  return planned.claims.map((title, index) => ({
    title,
    phase,
    open: true,
    limit: index === 0 ? "≥ 99.9 %" : "≤ 1.2",
    observed: index === 0 ? "99.97 %" : struck ? "1.24" : "1.02",
    status: index === 1 && struck ? "refuted" : "held",
  }));
}
