/**
 * The audience in virtual time: iterations begin at their rate even while earlier ones still run,
 * exactly as in the k6 scenarios. Above `arrivalsPerSecondMax`, one iteration represents many
 * users.
 */
import type { Load } from "../../experiment/experiment.ts";
import type { Tags } from "../../metrics/tags.ts";
import type { Replay } from "../../experiment/replay.ts";
import { gracefulStopMsOf, stagesOf, untilTurnMs, weightOf } from "../../record/arrivals.ts";
import type { Iteration, RunningModel } from "../../target/model.ts";
import type { LoadEnd, LoadProgress, RunningLoad } from "../../load/generator.ts";
import type { SampleSink } from "../../metrics/samples.ts";
import type { Plan } from "../../record/plan.ts";
import { numberAt } from "../../trace/relative-number.ts";
import type { SentRows } from "../../trace/replayed.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/**
 * The virtual users of one scenario. As in k6, the one that is idle longest runs the next
 * iteration.
 */
class Users {
  readonly #count: number;
  readonly #free: number[] = [];
  #made = 0;
  #next = 0;

  constructor(count: number) {
    this.#count = count;
  }

  /** Null if all are busy. A crowd always has more. */
  take(ofCrowd: boolean): number | null {
    if (this.#made < this.#count || (ofCrowd && this.#next === this.#free.length))
      return this.#made++;
    return this.#next < this.#free.length ? (this.#free[this.#next++] as number) : null;
  }

  give(user: number): void {
    this.#free.push(user);
    if (this.#next < 4_096) return;
    this.#free.splice(0, this.#next);
    this.#next = 0;
  }
}

interface Account {
  begun(atMs: number): void;
  ended(begunMs: number): void;
}

export class SimulatedLoad implements RunningLoad {
  readonly name = "k6";
  readonly ended: Promise<LoadEnd>;
  readonly progress: LoadProgress = { requests: 0, good: 0, shed: {}, failed: 0 };
  readonly #plan: Plan;
  readonly #clock: VirtualClock;
  readonly #model: RunningModel;
  readonly #sink: SampleSink;
  readonly #replays: SentRows;
  readonly #end = Promise.withResolvers<LoadEnd>();
  #running = 0;
  #arriving = 0;
  #over = false;

  constructor(
    plan: Plan,
    clock: VirtualClock,
    model: RunningModel,
    sink: SampleSink,
    replays: SentRows = new Map(),
  ) {
    this.#plan = plan;
    this.#replays = replays;
    this.#clock = clock;
    this.#model = model;
    this.#sink = sink;
    this.ended = this.#end.promise;
  }

  async begin(): Promise<void> {
    const waitMs = untilTurnMs(this.#plan, this.#clock.nowMs());
    if (waitMs > 0) await this.#clock.sleep(waitMs);
    this.#arriving = this.#plan.load.length;
    for (const load of this.#plan.load)
      if (load.replay === undefined) this.#scenario(load);
      else this.#replay(load, load.replay);
    const endMs = Math.max(
      0,
      ...this.#plan.load.map((load) => stagesOf(load, this.#plan).at(-1)?.untilMs ?? 0),
    );
    this.#clock.after(endMs + gracefulStopMsOf(this.#plan), () =>
      this.#finish("exit status 0", true),
    );
  }

  #scenario(load: Load): void {
    const { baseline, fault, recovery } = load.ratePerSecond;
    const zeroMs = this.#clock.nowMs();
    const stages = stagesOf(load, this.#plan).map(({ untilMs }, index) => ({
      untilMs,
      rate: [baseline, fault, recovery][index] ?? 0,
    }));
    const account = this.#accountOf(load);
    const users = new Users(load.vus);
    const next = (stage: number, atMs: number): void => {
      const current = stages[stage];
      if (current === undefined) {
        this.#arriving--;
        this.#finishWhenDone();
        return;
      }
      const weight = weightOf(current.rate);
      const thenMs = atMs + (weight * 1000) / current.rate;
      // A stage begins on time, whatever the rhythm of the previous one.
      if (!(thenMs <= current.untilMs)) {
        this.#clock.after(zeroMs + current.untilMs - this.#clock.nowMs(), () => {
          if (!this.#over) next(stage + 1, current.untilMs);
        });
        return;
      }
      this.#clock.after(zeroMs + thenMs - this.#clock.nowMs(), () => {
        if (this.#over) return;
        this.#iterate(load, weight, users, account);
        next(stage, thenMs);
      });
    };
    next(0, 0);
  }

  /** Each request at its moment. */
  #replay(load: Load, { objects, relative }: Replay): void {
    const rows = this.#replays.get(load.name) ?? [];
    const zeroMs = this.#clock.nowMs();
    const account = this.#accountOf(load);
    const users = new Users(load.vus);
    const { rhythm } = this.#plan;
    const next = (at: number): void => {
      const row = rows[at];
      if (row === undefined) {
        this.#arriving--;
        this.#finishWhenDone();
        return;
      }
      this.#clock.after(zeroMs + row.dueMs - this.#clock.nowMs(), () => {
        if (this.#over) return;
        const { kind = "", name } = objects[row.object] ?? {};
        const number =
          row.number === null || !relative || rhythm === undefined
            ? row.number
            : numberAt(row.number, zeroMs, rhythm);
        this.#iterate(load, 1, users, account, { kind, name, number, session: row.session });
        next(at + 1);
      });
    };
    next(0);
  }

  #iterate(
    load: Load,
    weight: number,
    users: Users,
    account: Account,
    asked?: Iteration["asked"],
  ): void {
    const user = users.take(weight > 1);
    if (user === null) {
      this.#drop(load);
      return;
    }
    this.#running++;
    const begunMs = this.#clock.nowMs();
    account.begun(begunMs);
    this.#model.iterate(
      {
        behaviour: `${load.workload}.${load.exec}`,
        lane: load.lane,
        env: load.env ?? {},
        weight,
        user,
        ...(asked === undefined ? {} : { asked }),
      },
      () => {
        users.give(user);
        account.ended(begunMs);
        this.#running--;
        this.#finishWhenDone();
      },
    );
  }

  /** As in k6's stream: an iteration began, on time, and ended. */
  #accountOf(load: Load): Account {
    const of = (metric: string, tags: Tags): number =>
      this.#sink.series({
        metric,
        kind: "duration",
        tags: { lane: load.lane, load: load.name, ...tags },
      });
    const [begun, ended] = [
      of("start_late_ms", { of: "iteration" }),
      of("iteration_ms", { outcome: "ended" }),
    ];
    return {
      begun: (atMs) => this.#sink.sample(begun, atMs, 0),
      ended: (begunMs) =>
        this.#sink.sample(ended, this.#clock.nowMs(), this.#clock.nowMs() - begunMs),
    };
  }

  #drop(load: Load): void {
    this.#sink.sample(
      this.#sink.series({
        metric: "dropped_iterations",
        kind: "increment",
        tags: { lane: load.lane, load: load.name, why: "nobodyFree" },
      }),
      this.#clock.nowMs(),
      1,
    );
  }

  #finishWhenDone(): void {
    if (this.#arriving === 0 && this.#running === 0) this.#finish("exit status 0", true);
  }

  #finish(detail: string, expected: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#clock.settled();
    this.#end.resolve({
      exitCode: expected ? 0 : null,
      signal: expected ? null : "SIGKILL",
      expected,
      detail,
      cpuSeconds: 0,
    });
  }

  /** As if a third party had killed the generator. */
  die(): void {
    this.#finish("ended by SIGKILL", false);
  }

  async stop(): Promise<LoadEnd> {
    this.#finish("stopped", true);
    return this.ended;
  }

  /** A simulated generator uses no resources of the simulated machine. */
  resources(): { cpuSeconds: number; residentBytes: number } | null {
    return this.#over ? null : { cpuSeconds: 0, residentBytes: 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
