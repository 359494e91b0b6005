/**
 * Requests for absent segments, as in the k6 workload `absent`: too early, too late, never made, or
 * unknown; and players with a fast clock.
 */
import type { Iteration, Simulation } from "../../../harness/target/model.ts";
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import type { Answer, SegmentRequest } from "./request.ts";
import { drawOf } from "./random-draws.ts";
import type { Watched } from "./fetch-model.ts";
import { streamOf } from "../pack/stream/stream.ts";

/** The workload's constants. */
const answerWithinMs = 5_000,
  aheadSegments = 450,
  longAgoSegments = 21_600,
  lostAgoSegments = 900,
  fastClockMs = 2_300,
  bunchMs = 100;

export class Absent {
  readonly #simulation: Simulation;
  readonly #edges: readonly Watched[];
  #sinceMs: number | null = null;

  constructor(simulation: Simulation, edges: readonly Watched[]) {
    this.#simulation = simulation;
    this.#edges = edges;
  }

  absent({ lane, weight }: Iteration, done: () => void): void {
    this.#sinceMs ??= this.#simulation.nowMs();
    this.#ask(
      this.#wish(segmentInProduction(this.#simulation.nowMs()), segmentInProduction(this.#sinceMs)),
      lane,
      weight,
      done,
    );
  }

  /** Requests a segment at the moment that it believes to be the due time. */
  fast({ lane, weight }: Iteration, done: () => void): void {
    const nowMs = this.#simulation.nowMs();
    const number = segmentInProduction(nowMs + fastClockMs);
    const askMs = publishAtMs(number) - fastClockMs + this.#simulation.random() * bunchMs;
    this.#simulation.after(Math.max(0, askMs - nowMs), () =>
      this.#ask({ rendition: this.#rendition(), number }, lane, weight, done),
    );
  }

  /** Each kind with its share of all requests. */
  #wish(current: number, first: number): SegmentRequest {
    const share = this.#simulation.random();
    if (share < 0.3)
      return {
        rendition: this.#rendition(),
        number: current + 2 + drawOf(this.#simulation, aheadSegments),
      };
    if (share < 0.55)
      return {
        rendition: this.#rendition(),
        number: Math.floor(current - longAgoSegments * (1 + drawOf(this.#simulation, 1_000) / 500)),
      };
    if (share < 0.85) return { rendition: this.#rendition(), number: first - lostAgoSegments };
    return { rendition: `v${drawOf(this.#simulation, 10_000)}`, number: current - 2 };
  }

  #ask(asked: SegmentRequest, lane: string, weight: number, done: () => void): void {
    const simulation = this.#simulation;
    const edge = this.#edges[drawOf(this.#simulation, this.#edges.length)] as Watched;
    const askedMs = simulation.nowMs();
    simulation.request<Answer>({
      from: null,
      to: edge.node,
      port: "http",
      timeoutMs: answerWithinMs,
      serve: (reply) => edge.get(asked, weight, reply),
      done: (answer) => {
        simulation.duration(
          "http_req_ms",
          { lane, status: String(answer?.status ?? 0), entry: edge.node.name },
          simulation.nowMs() - askedMs,
        );
        done();
      },
    });
  }

  #rendition(): string {
    const { renditions } = streamOf(this.#simulation.layout);
    return renditions[drawOf(this.#simulation, renditions.length)]?.name ?? "";
  }
}
