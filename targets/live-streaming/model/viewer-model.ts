/** Viewers as the k6 workload `viewers` has them: bunches at the live edge, others in the past, deadlines, and another try after an error. */
import type { ModelNode, Simulation } from "../../../harness/core/model.ts";
import type { Answer, Asked } from "./origin-model.ts";

/** The workload's own constants. */
const bunchMs = 400, liveDeadlineMs = 4_000, dvrDeadlineMs = 8_000, dvrFromSegments = 8, retryMs = 250, shedRetryMs = 5_000;

export interface Watched { readonly node: ModelNode; get(asked: Asked, weight: number, reply: (answer: Answer) => void): void }

interface Wish extends Asked { readonly lane: string; readonly edge: Watched; readonly intendedMs: number; readonly deadlineMs: number; readonly weight: number }

export class Viewers {
  readonly #simulation: Simulation;
  readonly #edges: readonly Watched[];
  readonly #video: readonly string[];
  readonly #audio: readonly string[];

  constructor(simulation: Simulation, edges: readonly Watched[]) {
    this.#simulation = simulation;
    this.#edges = edges;
    const { renditions } = simulation.layout.stream;
    this.#video = renditions.filter((one) => one.kind === "video").map((one) => one.name);
    this.#audio = renditions.filter((one) => one.kind === "audio").map((one) => one.name);
  }

  live(lane: string, weight: number, done: () => void): void {
    const { segmentMs, availabilityStartMs } = this.#simulation.layout.stream;
    const number = Math.floor((this.#simulation.nowMs() - availabilityStartMs) / segmentMs);
    const intendedMs = availabilityStartMs + (number + 1) * segmentMs + this.#simulation.random() * bunchMs;
    const wish = { lane, number, intendedMs, weight, deadlineMs: liveDeadlineMs, ...this.#choice() };
    this.#simulation.after(intendedMs - this.#simulation.nowMs(), () => {
      this.#simulation.duration("start_late_ms", { lane }, 0);
      this.#fetch(wish, done);
    });
  }

  dvr(lane: string, weight: number, done: () => void): void {
    const { segmentMs, availabilityStartMs, dvrSegments } = this.#simulation.layout.stream;
    const nowMs = this.#simulation.nowMs();
    const newest = Math.floor((nowMs - availabilityStartMs) / segmentMs) - 1;
    const back = dvrFromSegments + Math.floor(this.#simulation.random() * Math.max(1, dvrSegments - dvrFromSegments));
    this.#fetch({ lane, number: newest - back, intendedMs: nowMs, weight, deadlineMs: dvrDeadlineMs, ...this.#choice() }, done);
  }

  #choice(): { edge: Watched; rendition: string } {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(this.#simulation.random() * items.length)] as T;
    return { edge: pick(this.#edges), rendition: pick(this.#simulation.random() < 0.5 && this.#audio.length > 0 ? this.#audio : this.#video) };
  }

  #fetch(wish: Wish, done: () => void): void {
    const { lane, edge, rendition, intendedMs, weight } = wish;
    const simulation = this.#simulation;
    const giveUpMs = intendedMs + wish.deadlineMs;
    const end = (outcome: string): void => {
      simulation.duration("segment_ms", { lane, outcome, edge: edge.node.name, rendition }, simulation.nowMs() - intendedMs);
      done();
    };
    const attempt = (outcome: string): void => {
      const askedMs = simulation.nowMs();
      if (askedMs >= giveUpMs) {
        end(outcome);
        return;
      }
      simulation.request<Answer>({
        from: null, to: edge.node, port: "http", timeoutMs: Math.max(50, giveUpMs - askedMs),
        serve: (reply) => edge.get(wish, weight, reply),
        done: (answer) => {
          simulation.duration("http_req_ms", { lane, status: String(answer?.status ?? 0), edge: edge.node.name }, simulation.nowMs() - askedMs);
          if (answer?.status === 200) return end(simulation.nowMs() <= giveUpMs ? "served" : "late");
          const waitMs = Math.min(answer?.answer === "shed" ? shedRetryMs : retryMs, giveUpMs - simulation.nowMs());
          simulation.after(Math.max(0, waitMs), () => attempt(answer?.status === 503 ? "shed" : "lost"));
        },
      });
    };
    attempt("lost");
  }
}
