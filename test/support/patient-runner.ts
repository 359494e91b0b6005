/**
 * Runs the tests that start the real thing. Such a test may fail because others keep the processors
 * busy: it is repeated while they do, and where it fails each time it says that it cannot tell, which
 * counts as skipped. Where the machine must be able to tell (`.ci/run` sets SEAWALL_MUST_TELL on an
 * idle one), a failure is a failure.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunnerTask, type RunnerTestCase, TestRunner } from "vitest";

const triesMax = 3;
/** Looked at when the test is over, so that what it started itself is gone or idle. */
const lookMs = 1_000;
/** Of all processors. A deployed target that nobody asks takes a tenth of two. */
const busyShareMin = 0.75;

const mustTell = process.env["SEAWALL_MUST_TELL"] === "1";

interface Ticks {
  readonly all: number;
  readonly idle: number;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; proc(5). */
export function ticksIn(stat: string): Ticks {
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = (
    /^cpu +([\d ]+)/.exec(stat)?.[1] ?? ""
  )
    .split(" ")
    .map(Number);
  return { all: user + nice + system + idle + wait + irq + soft + steal, idle: idle + wait };
}

/** Of the time between two readings, what was not idle; 0 where there is nothing to read. */
export function busyShare(before: Ticks, after: Ticks): number {
  const all = after.all - before.all;
  return all <= 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

async function isMachineBusy(): Promise<boolean> {
  const read = (): Ticks => ticksIn(readFileSync("/proc/stat", "latin1"));
  const before = read();
  await sleep(lookMs);
  return busyShare(before, read()) >= busyShareMin;
}

export default class PatientRunner extends TestRunner {
  /** Which tests failed while others kept the machine busy: several of a file may run at once. */
  readonly #busy = new Set<string>();

  override async onBeforeRunTask(test: RunnerTask): Promise<void> {
    await super.onBeforeRunTask(test);
    if (mustTell || test.type !== "test") return;
    test.retry = { count: triesMax - 1, condition: () => this.#busy.has(test.id) };
  }

  async onAfterRetryTask(test: RunnerTestCase, { retry }: { retry: number }): Promise<void> {
    const isBusy = !mustTell && test.result?.state === "fail" && (await isMachineBusy());
    if (isBusy) this.#busy.add(test.id);
    else this.#busy.delete(test.id);
    if (!isBusy || test.result === undefined || retry < triesMax - 1) return;
    const why = test.result.errors?.at(-1)?.message ?? "";
    const note = `others keep this machine busy, and it failed ${triesMax} times: ${why}`;
    Object.assign(test.result, { state: "skip", pending: true, note });
    process.stderr.write(`cannot tell "${test.name}": ${note}\n`);
  }
}
