/** Clients of gateways, as in the k6 workloads `starts`, `devices` and `events`. */
import type { Iteration, Simulation } from "../../../harness/target/model.ts";
import { pickOf } from "./random-draws.ts";
import type { BoardAnswer, EventKind, Gateway, GatewayAnswer } from "./gateway-model.ts";
import { Starts } from "./start-model.ts";

/** The workloads' constants. */
const playGoodMs = 4_000,
  playPatienceMs = 16_000,
  prefetchMs = 3_000;
const answerMs = 2_000,
  silenceMs = 5_000,
  withinFaultMs = 1_000,
  endsBeforeMs = 1_000,
  actWithinMs = 2_000,
  eventsInBatch = 100;

const events: readonly string[] = Array.from({ length: eventsInBatch }, () => "");

type Looked = GatewayAnswer & { readonly board?: BoardAnswer };

export class Devices {
  readonly #simulation: Simulation;
  readonly #gateways: readonly Gateway[];
  readonly #starts: Starts;
  #beganMs: number | null = null;

  constructor(simulation: Simulation, gateways: readonly Gateway[]) {
    this.#simulation = simulation;
    this.#gateways = gateways;
    this.#starts = new Starts(simulation, gateways);
  }

  play({ user }: Iteration, done: () => void): void {
    this.#starts.start(
      `play-${user}`,
      {
        kind: "play",
        intendedMs: this.#simulation.nowMs(),
        goodWithinMs: playGoodMs,
        patienceMs: playPatienceMs,
      },
      done,
    );
  }

  prefetch({ user }: Iteration, done: () => void): void {
    this.#starts.start(
      `prefetch-${user}`,
      {
        kind: "prefetch",
        intendedMs: this.#simulation.nowMs(),
        goodWithinMs: prefetchMs,
        patienceMs: prefetchMs,
      },
      done,
    );
  }

  /** One batch of player events. */
  report(kind: EventKind, { lane }: Iteration, done: () => void): void {
    const simulation = this.#simulation;
    const intendedMs = simulation.nowMs();
    const gateway = pickOf(simulation, this.#gateways);
    simulation.request<GatewayAnswer>({
      from: null,
      to: gateway.node,
      port: "http",
      timeoutMs: answerMs,
      serve: (reply) => gateway.report(kind, events, reply),
      done: (answer) => {
        const tookMs = simulation.nowMs() - intendedMs;
        simulation.duration(
          "http_req_ms",
          { lane, status: String(answer?.status ?? 0), entry: "" },
          tookMs,
        );
        simulation.duration(
          "batch_ms",
          {
            lane,
            kind,
            outcome: answer?.status === 202 ? "taken" : answer?.status === 503 ? "shed" : "lost",
          },
          tookMs,
        );
        done();
      },
    });
  }

  /**
   * From its arrival to the end of the run, a device polls for notices and acts on them when due.
   */
  device({ user, lane }: Iteration, done: () => void): void {
    const simulation = this.#simulation;
    const { leadInMs, phasesMs } = simulation;
    this.#beganMs ??= simulation.nowMs();
    const faultAtMs = this.#beganMs + leadInMs + phasesMs.baseline;
    const endsAtMs = faultAtMs + phasesMs.fault + phasesMs.recovery - endsBeforeMs;
    const name = `device-${user}`;
    const gateway = pickOf(simulation, this.#gateways);
    let [heard, lastId, nextPollMs, actAtMs] = [false, "", simulation.nowMs(), Infinity];
    const record = (ms: number, outcome: string): void =>
      simulation.duration("broadcast_ms", { lane, outcome }, ms);
    const listen = (board: BoardAnswer): void => {
      lastId = board.id;
      const [notice] = board.notices;
      if (notice === undefined || heard) return;
      heard = true;
      record(Math.max(0, simulation.nowMs() - notice.timestampMs), "heard");
      actAtMs = notice.actAtMs;
    };
    const poll = (): void =>
      this.#look(gateway, name, lastId, (board) => {
        nextPollMs = simulation.nowMs() + (board?.pollAfterMs ?? silenceMs);
        if (board !== null) listen(board);
        next();
      });
    const act = (): void => {
      const intendedMs = actAtMs;
      actAtMs = Infinity;
      this.#starts.start(
        name,
        { kind: "prefetch", intendedMs, goodWithinMs: actWithinMs, patienceMs: actWithinMs },
        next,
      );
    };
    const next = (): void => {
      const atMs = Math.min(nextPollMs, actAtMs, endsAtMs);
      simulation.after(Math.max(0, atMs - simulation.nowMs()), () => {
        if (simulation.nowMs() >= endsAtMs) {
          if (!heard) record(simulation.nowMs() - faultAtMs - withinFaultMs, "missed");
          done();
        } else if (simulation.nowMs() >= actAtMs) act();
        else poll();
      });
    };
    next();
  }

  #look(
    gateway: Gateway,
    device: string,
    lastId: string,
    received: (board: BoardAnswer | null) => void,
  ): void {
    this.#simulation.request<Looked>({
      from: null,
      to: gateway.node,
      port: "http",
      timeoutMs: answerMs,
      serve: (reply) => gateway.look(device, lastId, reply),
      done: (answer) => received(answer?.board ?? null),
    });
  }
}
