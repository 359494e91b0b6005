/**
 * Runs tests with real services. Such a test may fail because other processes keep the processors
 * busy. It is repeated while they do, and counts as skipped if it fails each time. Shared setup of
 * a file is not repeated, because it may be half done. If it fails on a busy machine, all tests
 * that need it count as skipped. With SEAWALL_MUST_TELL, which `.ci/run` sets on an idle machine, a
 * failure counts as failed.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  it,
  type RunnerTask,
  type RunnerTaskEventPack,
  type RunnerTaskResultPack,
  type RunnerTestCase,
  type RunnerTestSuite,
  TestRunner,
} from "vitest";

const triesMax = 3;
/**
 * Measured after the test, when its own processes have ended or are idle. The runner's own test
 * looks for less.
 */
const lookMs = Number(process.env["SEAWALL_LOOK_MS"] ?? 1_000);
/** Other load varies, so one busy second of these is enough. */
const looksMax = 3;
/** Of all processors. A deployed target without requests takes a tenth of two. */
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

/** The busy share of the time between two readings; 0 if there is nothing to read. */
export function busyShare(before: Ticks, after: Ticks): number {
  const all = after.all - before.all;
  return all <= 0 ? 0 : 1 - (after.idle - before.idle) / all;
}

export async function isMachineBusy(looks = looksMax): Promise<boolean> {
  const read = (): Ticks => ticksIn(readFileSync("/proc/stat", "latin1"));
  const before = read();
  await sleep(lookMs);
  return busyShare(before, read()) >= busyShareMin || (looks > 1 && isMachineBusy(looks - 1));
}

const cannotTell = (name: string, how: string, error: unknown): string => {
  const why = (error as Error | undefined)?.message ?? "";
  const note = `others keep this machine busy, and ${how}: ${why}`;
  process.stderr.write(`cannot tell "${name}": ${note}\n`);
  return note;
};

export default class PatientRunner extends TestRunner {
  /** The tests that failed on a busy machine. Several of a file may run at once. */
  readonly #busy = new Set<string>();
  /** Vitest sets its own here, which reports the results of a task to reporters. */
  declare onTaskUpdate?: (
    tasks: RunnerTaskResultPack[],
    events: RunnerTaskEventPack[],
  ) => Promise<void>;

  /** A file starts some of its shared parts while it loads. */
  override async importFile(
    ...[path, source]: Parameters<TestRunner["importFile"]>
  ): Promise<unknown> {
    try {
      return await super.importFile(path, source);
    } catch (error) {
      if (mustTell || source !== "collect" || !(await isMachineBusy())) throw error;
      const note = cannotTell(basename(path), "what its tests share did not start", error);
      it("what its tests share starts", ({ skip }) => skip(note));
    }
  }

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
    const note = cannotTell(test.name, `it failed ${triesMax} times`, test.result.errors?.at(-1));
    Object.assign(test.result, { state: "skip", pending: true, note });
  }

  /** A suite has errors of its own if something failed before all of its tests, or after them. */
  override async onAfterRunSuite(suite: RunnerTestSuite): Promise<void> {
    await super.onAfterRunSuite(suite);
    const { errors, ...result } = suite.result ?? {};
    if (mustTell || errors === undefined || errors.length === 0 || !(await isMachineBusy())) return;
    const note = cannotTell(suite.name, "what its tests share failed", errors[0]);
    const tests = testsOf(suite).filter((test) => test.result?.state !== "fail");
    for (const test of tests) {
      test.mode = "skip";
      test.result = Object.assign(test.result ?? {}, { state: "skip" as const, note });
    }
    const failed = testsOf(suite).length > tests.length;
    suite.result = { ...result, state: failed ? "fail" : "skip" };
    await this.onTaskUpdate?.(
      tests.map((test) => [test.id, test.result, test.meta]),
      tests.map((test) => [test.id, "test-finished", undefined]),
    );
  }
}

function testsOf(suite: RunnerTestSuite): readonly RunnerTestCase[] {
  return suite.tasks.flatMap((task) => (task.type === "suite" ? testsOf(task) : [task]));
}
