/**
 * A world on a virtual clock for tests of the conductor: everything takes seeded virtual time, and
 * anything may fail.
 */
import { describeFault } from "../../../harness/faults/faults.ts";
import type { InjectFault } from "../../../harness/faults/inject.ts";
import type { Clock, Deployment } from "../../../harness/target/deployment.ts";
import type { Injection } from "../../../harness/faults/injection.ts";
import type { LoadEnd, RunningLoad } from "../../../harness/load/generator.ts";
import { prng } from "../../../harness/base/prng.ts";
import type { Plan } from "../../../harness/record/plan.ts";
import type { RunEvent } from "../../../harness/record/events.ts";
import type { Layout } from "../../../harness/target/layout.ts";
import { type Probes, RunAborted, type World } from "../../../harness/run/conductor.ts";

export class VirtualClock implements Clock {
  #nowMs = 0;
  #sleepers: { atMs: number; order: number; wake: () => void }[] = [];
  #order = 0;

  nowMs(): number {
    return this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener(
        "abort",
        () => {
          this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /**
   * Advances virtual time until the promise settles. Fails if no timer is left, because the promise
   * would then never settle.
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = (): void => {
      settled = true;
    };
    promise.then(mark, mark);
    for (let steps = 0; ; steps++) {
      for (let i = 0; i < 20 && !settled; i++) await Promise.resolve();
      if (!settled) await new Promise((next) => setImmediate(next));
      if (settled) return promise;
      const next = this.#sleepers.sort((a, b) => a.atMs - b.atMs || a.order - b.order).shift();
      if (next === undefined || steps > 100_000)
        throw new Error("deadlock: nothing is left that could happen");
      this.#nowMs = next.atMs;
      next.wake();
    }
  }
}

export interface VirtualOutcome {
  readonly events: RunEvent[];
  readonly log: string[];
  /** Faults that are in force, by step, in the order of injection. Must be empty after a run. */
  readonly inForce: Map<string, number>;
}

/** Probabilities, 0…1, of each failure. */
export interface Chances {
  readonly deployFails: number;
  readonly injectFails: number;
  readonly healFails: number;
  readonly loadDies: number;
  readonly userAborts: number;
}

export function virtualWorld(
  plan: Plan,
  seed: number,
  chances: Chances,
): { world: World; clock: VirtualClock; signal: AbortSignal; outcome: VirtualOutcome } {
  const random = prng(seed);
  const clock = new VirtualClock();
  const outcome: VirtualOutcome = { events: [], log: [], inForce: new Map() };
  const { log, inForce } = outcome;
  const abort = new AbortController();
  const totalMs =
    plan.leadInMs + plan.phasesMs.baseline + plan.phasesMs.fault + plan.phasesMs.recovery;
  const takes = (maxMs: number, signal?: AbortSignal): Promise<void> =>
    clock.sleep(random() * maxMs, signal);
  if (random() < chances.userAborts)
    void clock
      .sleep(random() * (totalMs + 20_000))
      .then(() => abort.abort(new RunAborted("user", "interrupted")));

  const deployment = {
    layout: {} as Layout,
    onExit: () => {},
    instance: () => {
      throw new Error("not used");
    },
    instances: [],
    links: [],
    resources: async () => [],
    [Symbol.asyncDispose]: async () => {
      await takes(3_000);
      log.push("deployment disposed");
    },
  } satisfies Deployment;

  const inject: InjectFault = async (fault): Promise<Injection> => {
    await takes(50);
    if (random() < chances.injectFails) throw new Error("it would not take hold");
    const name = describeFault(fault);
    inForce.set(name, (inForce.get(name) ?? 0) + 1);
    return {
      actedMs: clock.nowMs(),
      evidence: { landed: true, observation: "seen" },
      observe: {
        everyMs: 1_000,
        look: async () => {
          await takes(50);
          return { landed: true, observation: "still there" };
        },
      },
      heal: async () => {
        await takes(3_000);
        inForce.set(name, (inForce.get(name) ?? 0) - 1);
        log.push(`healed ${name}`);
        if (random() < chances.healFails) throw new Error("it came back and died");
        return { landed: true, observation: "gone" };
      },
    };
  };

  const world: World = {
    clock,
    events: {
      event: (event) => void outcome.events.push({ atMs: clock.nowMs(), ...event } as RunEvent),
    },
    inject,
    deploy: async (signal) => {
      await takes(20_000, signal);
      if (random() < chances.deployFails) throw new Error("no such tool");
      log.push("deployed");
      return deployment;
    },
    prepareLoad: async () => virtualLoad(clock, random, totalMs, chances, log),
    startProbes: async (): Promise<Probes> => {
      log.push("probes started");
      return {
        readNow: () => takes(20),
        countTraffic: () => takes(5),
        finish: async () => {
          log.push("probes finished");
          await takes(30);
        },
        [Symbol.asyncDispose]: async () => void log.push("probes disposed"),
      };
    },
    abortReason: () => null,
    sweep: async () => {
      log.push("swept");
      return [];
    },
    harnessCpuSeconds: () => 0,
  };
  return { world, clock, signal: abort.signal, outcome };
}

function virtualLoad(
  clock: Clock,
  random: () => number,
  totalMs: number,
  chances: Chances,
  log: string[],
): RunningLoad {
  log.push("load prepared");
  const end = Promise.withResolvers<LoadEnd>();
  const finish = (expected: boolean, detail: string): void =>
    end.resolve({ exitCode: expected ? 0 : null, signal: null, expected, detail, cpuSeconds: 1 });
  return {
    name: "virtual",
    ended: end.promise,
    progress: { requests: 0, good: 0, shed: {}, failed: 0 },
    resources: () => null,
    begin: async () => {
      const dies = random() < chances.loadDies;
      void clock
        .sleep(dies ? random() * totalMs : totalMs + 3_000)
        .then(() => finish(!dies, dies ? "ended by SIGKILL" : "exit status 0"));
    },
    stop: async () => {
      finish(true, "stopped");
      return end.promise;
    },
    [Symbol.asyncDispose]: async () => {
      finish(true, "disposed");
      log.push("load disposed");
    },
  };
}
