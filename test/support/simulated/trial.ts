/**
 * One seeded run of the whole harness in virtual time, in which anything may fail. Services do not
 * start, faults do not land or heal, a generator or proxy dies, a user interrupts. The harness may
 * be killed between any two steps, after which the ledger is replayed. Afterwards all invariants
 * are checked.
 *
 * Replay one with all its events: `node_modules/.bin/node benchmarks/simulate.ts --seed N`.
 */
import originStorm from "../../../experiments/origin-storm.ts";
import type { Fault } from "../../../harness/faults/faults.ts";
import type { InjectFault } from "../../../harness/faults/inject.ts";
import { judge } from "../../../harness/judge/judge.ts";
import type { Experiment } from "../../../harness/experiment/experiment.ts";
import type { Planned } from "../../../harness/plan/options.ts";
import type { UndoEntry, UndoLedger } from "../../../harness/record/undo.ts";
import { prng } from "../../../harness/base/prng.ts";
import type { AbortReason, RunEvent } from "../../../harness/record/events.ts";
import type { Plan } from "../../../harness/record/plan.ts";
import type { Verdict } from "../../../harness/record/verdict.ts";
import { MemoryRecord, planned } from "./in-memory.ts";
import type { SimulatedLoad } from "../../../harness/substrates/simulated/load.ts";
import { VirtualMachine } from "../../../harness/substrates/simulated/machine.ts";
import { tinyExperiment } from "../targets/tiny.ts";
import { VirtualClock } from "../../../harness/substrates/simulated/virtual-clock.ts";
import { simulatedWorld } from "../../../harness/substrates/simulated/world.ts";
import { conduct, RunAborted, type World } from "../../../harness/run/conductor.ts";
import { parseLedger } from "../../../harness/run/ledger.ts";
import { recoverRun } from "../../../harness/run/recovery.ts";

const runId = "trial";
const phasesMs = { baseline: 4_000, fault: 6_000, recovery: 8_000 };

/**
 * The reference target with few viewers. It is planned once, like the tiny one, because only seeds,
 * steps and failures differ.
 */
const fewViewers: Experiment = {
  ...originStorm,
  phasesMs,
  load: originStorm.load.map((load) => ({
    ...load,
    vus: 400,
    ratePerSecond:
      load.lane === "live"
        ? { baseline: 6, fault: 10, recovery: 6 }
        : { baseline: 2, fault: 2, recovery: 2 },
  })),
  hypothesis: originStorm.hypothesis.map((claim) => ({
    ...claim,
    samplesMin: 1,
    ...(claim.statistic === "windowsWithout" ? { windowMs: 2_000 } : {}),
  })),
  recovery: {
    ...(originStorm.recovery as NonNullable<Experiment["recovery"]>),
    withinMs: 3_000,
    windowMs: 2_000,
  },
  method: [{ atMs: 1_000, forMs: 3_000, fault: { kind: "kill", service: "region-a/origin-read" } }],
};
interface Basis {
  readonly planned: Planned;
  readonly faults: readonly Fault[];
}
const reference: Basis = {
  planned: planned(fewViewers, 1),
  faults: [
    { kind: "kill", service: "region-a/origin-read" },
    { kind: "kill", service: "region-b/memcached" },
    { kind: "pause", service: "region-a/origin-publish" },
    { kind: "latency", links: { from: { service: "region-a/edge" } }, delayMs: 30, jitterMs: 10 },
    { kind: "partition", links: { to: { service: "region-a/cassandra" } } },
  ],
};
const tiny: Basis = {
  planned: planned(tinyExperiment, 1),
  faults: [
    { kind: "kill", service: "region-a/origin" },
    { kind: "kill", service: "region-b/edge" },
    { kind: "pause", service: "region-b/origin" },
    { kind: "latency", links: { to: { service: "region-a/store" } }, delayMs: 20, jitterMs: 10 },
    { kind: "partition", links: { from: { service: "region-a/edge" } } },
  ],
};
/** One in forty uses the reference target, which has ten times as much to do. */
const basisOf = (seed: number): Basis => (seed % 40 === 0 ? reference : tiny);

export interface Trial {
  readonly seed: number;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  /** The injected failures, in order. */
  readonly mishaps: readonly string[];
  /** Killed between two steps. */
  readonly crashed: boolean;
  readonly verdict: Verdict;
  /** The violated invariants. */
  readonly broken: readonly string[];
}

/** The ledger's content on disk, line by line, as the file ledger writes it. */
class MemoryLedger implements UndoLedger {
  text = `${JSON.stringify({ owner: { runId, pid: 1, startTicks: 1, directory: "" } })}\n`;
  #next = 0;

  record(entry: UndoEntry): () => void {
    const id = this.#next++;
    this.text += `${JSON.stringify({ entry, id })}\n`;
    return () => {
      this.text += `${JSON.stringify({ undone: id })}\n`;
    };
  }

  get open(): readonly UndoEntry[] {
    return parseLedger(this.text).entries;
  }
}

export async function trial(seed: number): Promise<Trial> {
  const random = prng(seed);
  const chance = (share: number): boolean => random() < share;
  const basis = basisOf(seed);
  const { layout, model, pack } = basis.planned;
  const plan = { ...basis.planned.plan, seed, steps: stepsOf(random, basis.faults) };
  if (model === undefined) throw new Error("no model");
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const machine = new VirtualMachine();
  const ledger = new MemoryLedger();
  const record = new MemoryRecord(clock);
  const mishaps: string[] = [];
  const broken: string[] = [];
  const isOver = (): boolean => record.events.some((event) => event.kind === "generator");
  // Events during teardown cannot have changed earlier observations.
  const wrong = (what: string, over = isOver()): void =>
    void mishaps.push(
      `${over ? "afterwards, " : ""}${Math.round(clock.nowMs() - Date.UTC(2026, 0, 1))} ms: ` +
        `${what}`,
    );
  record.event({
    kind: "started",
    runId,
    versions: {},
    machine: { platform: "virtual", cpuModel: "virtual", cores: 2, memoryBytes: 1 },
  });
  watchFolders(machine, ledger, broken);
  const outside = new AbortController();
  const aborts: { readonly atMs: number; readonly reason: AbortReason }[] = [];
  const totalMs = 12_000 + plan.leadInMs + phasesMs.baseline + phasesMs.fault + phasesMs.recovery;
  /** At a random moment of the run, with this probability. */
  const sometimes = (share: number, what: string, act: () => boolean): void => {
    if (!chance(share)) return;
    clock.after(random() * totalMs, () => {
      clock.settled();
      const wasOver = isOver();
      if (act()) wrong(what, wasOver);
    });
  };
  const virtual = simulatedWorld({
    plan,
    layout,
    model,
    pack,
    runId,
    clock,
    machine,
    sink: record,
    events: record,
    undo: ledger,
  });
  const killOne = (service: string): boolean => {
    const [pid] = [...machine.processes].find(([, process]) => process.service === service) ?? [];
    if (pid !== undefined) machine.kill(pid);
    return pid !== undefined;
  };
  const victim = layout.services[Math.floor(random() * layout.services.length)]?.name ?? "";
  const claimAbortsAtMs = chance(0.08)
    ? clock.nowMs() + random() * totalMs
    : Number.POSITIVE_INFINITY;
  const startFails = chance(0.04);
  let load: SimulatedLoad | null = null;
  const abortByClaim = (): void => {
    aborts.push({ atMs: clock.nowMs(), reason: "claim" });
    wrong("an abort condition is met");
    // A second interrupt during healing is not why the run ended.
    if (chance(0.5))
      clock.after(random() * 100, () => {
        clock.settled();
        outside.abort(new RunAborted("user", "stopped by SIGINT"));
      });
  };
  const world: World = {
    ...virtual,
    events: record,
    inject: clumsy(virtual.inject, chance, wrong),
    deploy: async (signal) => {
      const deployment = await virtual.deploy(signal);
      if (!startFails) return deployment;
      wrong("the target does not play");
      await deployment[Symbol.asyncDispose]();
      throw new Error("the stream does not play");
    },
    prepareLoad: async (deployment) => {
      load = await virtual.prepareLoad(deployment);
      return load;
    },
    abortReason: () => {
      if (clock.nowMs() < claimAbortsAtMs) return null;
      if (!aborts.some((one) => one.reason === "claim")) {
        abortByClaim();
      }
      return "half is lost";
    },
  };
  sometimes(0.15, "somebody interrupts", () => {
    aborts.push({ atMs: clock.nowMs(), reason: "user" });
    outside.abort(new RunAborted("user", "stopped by SIGINT"));
    return true;
  });
  sometimes(0.08, "the generator dies", () => {
    load?.die();
    return load !== null;
  });
  sometimes(0.06, "the proxy dies", () => {
    aborts.push({ atMs: clock.nowMs(), reason: "substrate" });
    return killOne("toxiproxy");
  });
  sometimes(0.08, `${victim} dies unbidden`, () => killOne(victim));
  const crashAtMs = chance(0.3)
    ? clock.nowMs() + random() * (totalMs + 6_000)
    : Number.POSITIVE_INFINITY;
  const conducting = conduct(plan, world, outside.signal);
  const conducted = await clock
    .until(conducting, () => clock.nowMs() >= crashAtMs)
    .catch((error: Error) => {
      broken.push(`conduct does not end: ${error.message}`);
      return undefined;
    });
  const crashed = conducted === null;
  if (crashed) {
    wrong("the harness is killed");
    await recoverAfterCrash(machine, ledger, random, broken);
  }
  const run = record.run({ ...basis.planned, plan });
  const events = crashed ? cut(run.events, random) : run.events;
  const verdict = judge({ ...run, events, damage: crashed ? ["the record ends early"] : [] });
  if (machine.left().length > 0) broken.push(`left behind: ${machine.left().join(", ")}`);
  if (!crashed && ledger.open.length > 0)
    broken.push(`the ledger still says: ${JSON.stringify(ledger.open)}`);
  broken.push(
    ...eventProblems(plan, run.events, crashed),
    ...(crashed ? [] : abortProblems(run.events, aborts)),
    ...verdictProblems(verdict, mishaps),
  );
  return { seed, plan, events: run.events, mishaps, crashed, verdict, broken };
}

/** One to three faults among those that may overlap. */
function stepsOf(random: () => number, faults: readonly Fault[]): Plan["steps"] {
  const count = 1 + Math.floor(random() * 3);
  const first = Math.floor(random() * faults.length);
  return Array.from({ length: count }, (_, index) => {
    const atMs = Math.floor(random() * 4_000);
    return {
      atMs,
      forMs: 500 + Math.floor(random() * (phasesMs.fault - atMs - 500)),
      fault: faults[(first + index) % faults.length] as Fault,
    };
  });
}

/** Injectors that sometimes throw, and injections that do not heal, or take forever. */
function clumsy(
  inject: InjectFault,
  chance: (share: number) => boolean,
  wrong: (what: string) => void,
): InjectFault {
  return async (fault, struck, on, context) => {
    const { kind } = fault;
    if (chance(0.04)) {
      wrong(`${kind} cannot be injected`);
      throw new Error("it would not break");
    }
    const injection = await inject(fault, struck, on, context);
    if (chance(0.03))
      return {
        ...injection,
        heal: async () => {
          await injection.heal();
          wrong(`${kind} does not heal`);
          throw new Error("it would not mend");
        },
      };
    if (chance(0.01))
      return {
        ...injection,
        heal: async () => {
          await injection.heal();
          wrong(`healing ${kind} never ends`);
          return new Promise<never>(() => {});
        },
      };
    return injection;
  };
}

/**
 * Each object must be in the ledger before it is made, except for processes, which carry the run's
 * mark.
 */
function watchFolders(machine: VirtualMachine, ledger: MemoryLedger, broken: string[]): void {
  const add = machine.folders.add.bind(machine.folders);
  machine.folders.add = (path) => {
    if (!ledger.open.some((entry) => entry.kind === "directory" && entry.path === path))
      broken.push(`${path} was made before it was written down`);
    return add(path);
  };
}

/**
 * The last line of the ledger may be torn. Its act was then not yet done, or is found by its mark.
 */
async function recoverAfterCrash(
  machine: VirtualMachine,
  ledger: MemoryLedger,
  random: () => number,
  broken: string[],
): Promise<void> {
  const { entries } = parseLedger(ledger.text);
  for (let again = 0; again < 2; again++) {
    const remaining = await recoverRun(
      { runId, entries, ledger: "/nowhere/trial.ndjson" },
      undefined,
      {
        endStrays: async ({ runId: id, groups }) => {
          for (const { pid, startTicks } of groups)
            if (machine.startTicksOf(pid) === startTicks) machine.kill(pid);
          machine.killAllOf(id);
          return [];
        },
        remove: async (path) => {
          if (again === 0 && random() < 0.1) throw new Error("busy");
          machine.folders.delete(path);
        },
        run: async () => null,
      },
    );
    if (again === 1 && remaining.length > 0) broken.push(`recover leaves ${remaining.join(", ")}`);
  }
}

/** The record ends where it was cut. Any prefix of it must be readable. */
function cut(events: readonly RunEvent[], random: () => number): readonly RunEvent[] {
  return events.slice(0, Math.floor(random() * (events.length + 1)));
}

function eventProblems(plan: Plan, events: readonly RunEvent[], crashed: boolean): string[] {
  const problems = plan.steps.flatMap((_, step) => {
    const of = (kind: RunEvent["kind"]): readonly RunEvent[] =>
      events.filter((event) => event.kind === kind && "step" in event && event.step === step);
    const [injecting, injected, healing, healed] = [
      of("injecting").length,
      of("injected").length,
      of("healing").length,
      of("healed").length,
    ];
    const taken = of("injected").some(
      (event) => event.kind === "injected" && "actedMs" in event && event.actedMs !== undefined,
    );
    return [
      ...(injecting > 1 || injected > 1 || healing > 1 || healed > 1
        ? [`step ${step} happened more than once`]
        : []),
      ...(!crashed && injected !== injecting
        ? [`step ${step} began and did not say how it ended`]
        : []),
      ...(!crashed && taken && healing !== 1
        ? [`step ${step} was injected and healed ${healing} times`]
        : []),
      ...(healed > healing ? [`step ${step} healed without being healed`] : []),
    ];
  });
  if (crashed) return problems;
  if (events.at(-1)?.kind !== "finished") problems.push("the record does not end with its end");
  if (events.filter((event) => event.kind === "cleaned").length !== 1)
    problems.push("cleanup was not recorded once");
  return problems;
}

/** Of several possible reasons to end, the first counts. */
function abortProblems(
  events: readonly RunEvent[],
  aborts: readonly { readonly atMs: number; readonly reason: AbortReason }[],
): string[] {
  const recorded = events.filter((event) => event.kind === "aborted");
  if (recorded.length > 1) return ["aborted more than once"];
  const [event] = recorded;
  if (event?.kind !== "aborted" || event.reason === "internal") return [];
  const first = aborts.filter((abort) => abort.atMs <= event.atMs)[0];
  // A service that exits during deployment ends the run, too.
  if (first === undefined)
    return event.reason === "substrate" ? [] : [`aborted (${event.reason}) although nobody did`];
  return first.reason === event.reason
    ? []
    : [`aborted as ${event.reason} although ${first.reason} came first`];
}

function verdictProblems(verdict: Verdict, mishaps: readonly string[]): string[] {
  const has = (status: string): boolean =>
    verdict.findings.some((finding) => finding.status === status);
  const due = has("refuted") ? "refuted" : has("inconclusive") ? "inconclusive" : "held";
  return [
    ...(verdict.status === due ? [] : [`${verdict.status} although its findings say ${due}`]),
    ...(verdict.status === "held" && mishaps.some((mishap) => !mishap.startsWith("afterwards"))
      ? [`held although ${mishaps.join("; ")}`]
      : []),
  ];
}
