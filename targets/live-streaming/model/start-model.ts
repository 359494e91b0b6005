/**
 * How a device requests a session, as the workloads' `startSession` does. It tries the next gateway
 * when one is silent. It retries as guided; without guidance, soon and without end.
 */
import type { Simulation } from "../../../harness/target/model.ts";
import type { Backoff } from "../gateway/guidance.ts";
import type { Gateway, GatewayAnswer, StartKind } from "./gateway-model.ts";

/** The workload's constants. */
const naiveMs = 500,
  answerMs: Readonly<Record<StartKind, number>> = { play: 2_000, prefetch: 3_000 };

export interface StartWish {
  readonly kind: StartKind;
  readonly intendedMs: number;
  readonly goodWithinMs: number;
  readonly patienceMs: number;
}

/** The last guidance of a device, which it keeps between iterations. */
type Guidance = { [K in StartKind]?: Backoff };

export class Starts {
  readonly #simulation: Simulation;
  readonly #gateways: readonly Gateway[];
  readonly #guidance = new Map<string, Guidance>();

  constructor(simulation: Simulation, gateways: readonly Gateway[]) {
    this.#simulation = simulation;
    this.#gateways = gateways;
  }

  start(device: string, wish: StartWish, done: () => void): void {
    const simulation = this.#simulation;
    const giveUpMs = wish.intendedMs + wish.patienceMs;
    const guidance = this.#guidance.get(device) ?? {};
    this.#guidance.set(device, guidance);
    simulation.duration("start_late_ms", { lane: "start" }, 0);
    let silences = simulation.random() < 0.5 ? 0 : 1;
    const end = (outcome: string): void => {
      simulation.duration(
        "start_ms",
        { lane: "start", kind: wish.kind, outcome },
        simulation.nowMs() - wish.intendedMs,
      );
      done();
    };
    const attempt = (retries: number): void => {
      const gateway = this.#gateways[silences % this.#gateways.length] as Gateway;
      this.#ask(
        gateway,
        wish.kind,
        Math.max(50, Math.min(answerMs[wish.kind], giveUpMs - simulation.nowMs())),
        (answer) => {
          if (answer?.backoff !== undefined) guidance[wish.kind] = answer.backoff;
          if (answer?.status === 201)
            return end(
              simulation.nowMs() <= wish.intendedMs + wish.goodWithinMs ? "served" : "late",
            );
          if (answer === null) silences++;
          const waitMs = waitMsBefore(
            retries,
            answer === null ? guidance[wish.kind] : answer.backoff,
          );
          // By then the viewer has left.
          if (simulation.nowMs() + waitMs >= giveUpMs) end(answer === null ? "lost" : "shed");
          else simulation.after(waitMs, () => attempt(retries + 1));
        },
      );
    };
    attempt(0);
  }

  #ask(
    gateway: Gateway,
    kind: StartKind,
    timeoutMs: number,
    done: (answer: GatewayAnswer | null) => void,
  ): void {
    const askedMs = this.#simulation.nowMs();
    this.#simulation.request<GatewayAnswer>({
      from: null,
      to: gateway.node,
      port: "http",
      timeoutMs,
      serve: (reply) => gateway.start(kind, timeoutMs, reply),
      done: (answer) => {
        this.#simulation.duration(
          "http_req_ms",
          { lane: "start", status: String(answer?.status ?? 0), entry: "" },
          this.#simulation.nowMs() - askedMs,
        );
        done(answer);
      },
    });
  }
}

/** Infinite if the device must not retry until its viewer acts. */
function waitMsBefore(retries: number, backoff: Backoff | undefined): number {
  if (backoff === undefined) return naiveMs;
  return retries >= backoff.maxRetries
    ? Number.POSITIVE_INFINITY
    : 1_000 * backoff.retryAfterSeconds * 2 ** retries;
}
