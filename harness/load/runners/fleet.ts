/**
 * Several runners as one load generator. All begin at one moment, and their samples are united. A
 * runner that is lost ends nothing: the others continue, and the record lacks its share.
 */
import type { Clock as RunClock } from "../../target/deployment.ts";
import { SeawallError } from "../../base/errors.ts";
import type { SampleSink } from "../../metrics/samples.ts";
import type {
  LoadEnd,
  LoadGenerator,
  LoadProgress,
  LoadRequest,
  RunningLoad,
} from "../generator.ts";
import { type RunnerAddress, RemoteRunner } from "./remote.ts";

const pullEveryMs = 200;
const clockEveryMs = 5_000;
/** Between the order to begin and the beginning: the order reaches all before. */
const leadMs = 500;
const readyWithinMs = 60_000;
const stopWithinMs = 15_000;

/** Brings up the processes or pods of a run's runners, and takes them down. */
export interface RunnerHost {
  readonly count: number;
  start(request: LoadRequest): Promise<StartedRunners>;
}

export interface StartedRunners extends AsyncDisposable {
  readonly addresses: readonly RunnerAddress[];
  /** Why a runner's process is gone; null while it is there. */
  gone(index: number): string | null;
}

export function fleetOf(host: RunnerHost, clock: RunClock): LoadGenerator {
  return {
    prepare: async (request) => {
      const stack = new AsyncDisposableStack();
      try {
        const started = stack.use(await host.start(request));
        const fleet = new Fleet(started, request.sink);
        await fleet.ready(clock, request.signal);
        const owned = stack.move();
        fleet.onDispose(() => owned.disposeAsync());
        return fleet;
      } catch (error) {
        await stack.disposeAsync();
        throw error;
      }
    },
  };
}

class Fleet implements RunningLoad {
  /** The record knows all generators of a load as one. */
  readonly name = "k6";
  readonly ended: Promise<LoadEnd>;
  readonly #runners: readonly RemoteRunner[];
  readonly #started: StartedRunners;
  readonly #sink: SampleSink;
  readonly #over = Promise.withResolvers<LoadEnd>();
  #dispose: () => Promise<void> = async () => {};
  #isOver = false;
  #clockMs = Number.NEGATIVE_INFINITY;

  constructor(started: StartedRunners, sink: SampleSink) {
    this.#started = started;
    this.#sink = sink;
    this.#runners = started.addresses.map((address) => new RemoteRunner(address, sink));
    this.ended = this.#over.promise;
  }

  onDispose(dispose: () => Promise<void>): void {
    this.#dispose = dispose;
  }

  async ready(clock: RunClock, signal: AbortSignal): Promise<void> {
    const deadlineMs = clock.monotonicMs() + readyWithinMs;
    for (;;) {
      await this.#pullAll();
      const bad = this.#runners.find(({ state, lost }) => lost ?? state?.failed);
      if (bad !== undefined)
        throw new SeawallError(
          "GENERATOR_FAILED",
          `${bad.name} could not start: ${bad.lost ?? bad.state?.failed}`,
        );
      if (this.#runners.every(({ state }) => state?.ready === true)) return;
      if (clock.monotonicMs() > deadlineMs)
        throw new SeawallError(
          "GENERATOR_FAILED",
          `not all runners were ready within ${readyWithinMs / 1000} s`,
        );
      await clock.sleep(100, signal);
    }
  }

  async begin(): Promise<void> {
    const clocks = await this.#readClocks();
    const atMs = performance.timeOrigin + performance.now() + leadMs;
    await Promise.all(
      this.#runners.map((runner, index) =>
        runner.begin(atMs + (clocks[index]?.offsetMs ?? 0), leadMs + stopWithinMs),
      ),
    );
    void this.#follow();
  }

  /** Until all are done. */
  async #follow(): Promise<void> {
    while (!this.#runners.every(({ isDone }) => isDone)) {
      await new Promise((wake) => setTimeout(wake, pullEveryMs));
      await this.#pullAll();
      if (performance.now() - this.#clockMs > clockEveryMs) await this.#readClocks();
    }
    this.#isOver = true;
    this.#over.resolve(unitedEnd(this.#runners));
  }

  async #pullAll(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.pull()));
    for (const [index, runner] of this.#runners.entries()) {
      const gone = runner.isDone ? null : this.#started.gone(index);
      if (gone !== null) runner.lose(gone);
    }
  }

  async #readClocks(): Promise<readonly ({ readonly offsetMs: number } | null)[]> {
    this.#clockMs = performance.now();
    return Promise.all(
      this.#runners.map(async (runner, index) => {
        if (runner.isDone) return null;
        try {
          const clock = await runner.clock();
          const atMs = performance.timeOrigin + performance.now();
          const tags = { runner: `${index + 1}` };
          for (const [metric, value] of [
            ["runner_clock_offset_ms", clock.offsetMs],
            ["runner_clock_bound_ms", clock.boundMs],
          ] as const)
            this.#sink.sample(this.#sink.series({ metric, kind: "gauge", tags }), atMs, value);
          return clock;
        } catch {
          return null;
        }
      }),
    );
  }

  async stop(): Promise<LoadEnd> {
    if (!this.#isOver)
      await Promise.all(this.#runners.map((one) => one.stop(stopWithinMs).catch(() => {})));
    return this.ended;
  }

  get progress(): LoadProgress {
    const all = this.#runners.flatMap(({ state }) => (state === null ? [] : [state.progress]));
    const total = (of: (one: LoadProgress) => number): number =>
      all.reduce((sum, one) => sum + of(one), 0);
    const lanes = [...new Set(all.flatMap(({ shed }) => Object.keys(shed)))];
    return {
      requests: total(({ requests }) => requests),
      good: total(({ good }) => good),
      failed: total(({ failed }) => failed),
      shed: Object.fromEntries(lanes.map((lane) => [lane, total(({ shed }) => shed[lane] ?? 0)])),
    };
  }

  resources(): ReturnType<RunningLoad["resources"]> {
    if (this.#isOver) return null;
    const all = this.#runners.flatMap(({ state }) => state?.resources ?? []);
    return all.length === 0 ? null : (sumOf(all) as ReturnType<RunningLoad["resources"]>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const runner of this.#runners) await runner.release().catch(() => {});
    await this.#dispose();
    for (const runner of this.#runners) runner.lose("the run ended");
    if (!this.#isOver) this.#over.resolve(unitedEnd(this.#runners));
  }
}

/** The sum of each number that they have. */
function sumOf(all: readonly object[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all)
    for (const [name, value] of Object.entries(one))
      if (typeof value === "number") sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

function unitedEnd(runners: readonly RemoteRunner[]): LoadEnd {
  const ends = runners.map((runner) => ({ name: runner.name, ...runner.end }));
  const bad = ends.filter(({ expected }) => !expected);
  const first = bad[0] ?? ends[0];
  const cpu = ends.flatMap(({ cpuSeconds }) => (cpuSeconds === null ? [] : [cpuSeconds]));
  return {
    exitCode: first?.exitCode ?? null,
    signal: first?.signal ?? null,
    expected: bad.length === 0,
    detail:
      bad.length === 0
        ? (first?.detail ?? "")
        : bad
            .map(({ name, detail }) => (detail.startsWith(name) ? detail : `${name}: ${detail}`))
            .join("; "),
    cpuSeconds: cpu.length === 0 ? null : cpu.reduce((sum, one) => sum + one, 0),
  };
}
