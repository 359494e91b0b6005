/** Viewers as the k6 workload `viewers` has them: bunches at the live edge, others in the past, deadlines, another try after an error, and another edge when one is broken. */
import type { ModelNode, Simulation } from "../../../harness/core/model.ts";
import type { Candidate } from "../origin/candidate.ts";
import type { Answer, Asked } from "./asked.ts";

/** The workload's own constants. */
const bunchMs = 400, liveDeadlineMs = 4_000, dvrDeadlineMs = 8_000, dvrFromSegments = 8, retryMs = 250, shedRetryMs = 5_000, rewatchFarthest = 12, rewatchNearest = 9;

export interface Watched { readonly node: ModelNode; get(asked: Asked, weight: number, reply: (answer: Answer) => void): void }

/** The share of a viewer's time that one of several edges may take. */
const shareOfEdge = 0.5;

interface Wish extends Asked { readonly lane: string; readonly edges: readonly Watched[]; readonly intendedMs: number; readonly deadlineMs: number; readonly weight: number; readonly inspects?: boolean }

export class Viewers {
  readonly #simulation: Simulation;
  readonly #edges: readonly Watched[];
  readonly #video: readonly string[];
  readonly #audio: readonly string[];
  #rewindsSinceMs: number | null = null;
  #rewatchesSinceMs: number | null = null;

  constructor(simulation: Simulation, edges: readonly Watched[]) {
    this.#simulation = simulation;
    this.#edges = edges;
    const { renditions } = simulation.layout.stream;
    this.#video = renditions.filter((one) => one.kind === "video").map((one) => one.name);
    this.#audio = renditions.filter((one) => one.kind === "audio").map((one) => one.name);
  }

  live(lane: string, weight: number, roaming: boolean, inspects: boolean, done: () => void): void {
    const { segmentMs, availabilityStartMs } = this.#simulation.layout.stream;
    const number = Math.floor((this.#simulation.nowMs() - availabilityStartMs) / segmentMs);
    const intendedMs = availabilityStartMs + (number + 1) * segmentMs + this.#simulation.random() * bunchMs;
    const wish = { lane, inspects, number, intendedMs, weight, deadlineMs: liveDeadlineMs, ...this.#choice(roaming) };
    this.#simulation.after(intendedMs - this.#simulation.nowMs(), () => {
      this.#simulation.duration("start_late_ms", { lane }, 0);
      this.#fetch(wish, done);
    });
  }

  dvr(lane: string, weight: number, roaming: boolean, done: () => void): void {
    const { segmentMs, availabilityStartMs, dvrSegments } = this.#simulation.layout.stream;
    const nowMs = this.#simulation.nowMs();
    const newest = Math.floor((nowMs - availabilityStartMs) / segmentMs) - 1;
    const back = dvrFromSegments + Math.floor(this.#simulation.random() * Math.max(1, dvrSegments - dvrFromSegments));
    this.#fetch({ lane, number: newest - back, intendedMs: nowMs, weight, deadlineMs: dvrDeadlineMs, ...this.#choice(roaming) }, done);
  }

  /** To anything that has been shown since the stream began, beyond the live edge: any rendition, at any one edge. */
  rewind(lane: string, weight: number, done: () => void): void {
    const { segmentMs, availabilityStartMs, dvrSegments, renditions } = this.#simulation.layout.stream;
    const nowMs = this.#simulation.nowMs();
    this.#rewindsSinceMs ??= nowMs;
    const numberAt = (ms: number): number => Math.floor((ms - availabilityStartMs) / segmentMs);
    const [oldest, newest] = [numberAt(this.#rewindsSinceMs) - dvrSegments, numberAt(nowMs) - 1 - dvrFromSegments];
    const draw = (among: number): number => Math.floor(this.#simulation.random() * among);
    const wish = { lane, number: oldest + draw(newest - oldest + 1), intendedMs: nowMs, weight, deadlineMs: dvrDeadlineMs };
    this.#fetch({ ...wish, edges: [this.#edges[draw(this.#edges.length)] as Watched], rendition: renditions[draw(renditions.length)]?.name ?? "" }, done);
  }

  /** To the same few past segments again and again: two thirds to four of the first and the last rendition, the others to one between, and its neighbours up to the live edge. */
  rewatch(lane: string, weight: number, done: () => void): void {
    const { segmentMs, availabilityStartMs, renditions } = this.#simulation.layout.stream;
    const nowMs = this.#simulation.nowMs();
    this.#rewatchesSinceMs ??= nowMs;
    const begun = Math.floor((this.#rewatchesSinceMs - availabilityStartMs) / segmentMs);
    const draw = (among: number): number => Math.floor(this.#simulation.random() * among);
    const at = draw(renditions.length);
    const span = at > 0 && at < renditions.length - 1 ? rewatchFarthest : rewatchFarthest - rewatchNearest + 1;
    const wish = { lane, number: begun - rewatchFarthest + draw(span), intendedMs: nowMs, weight, deadlineMs: dvrDeadlineMs, inspects: true };
    this.#fetch({ ...wish, edges: this.#choice(true).edges, rendition: renditions[at]?.name ?? "" }, done);
  }

  /** Who roams knows all edges, the others only their own. */
  #choice(roaming: boolean): { edges: readonly Watched[]; rendition: string } {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(this.#simulation.random() * items.length)] as T;
    const left = [...this.#edges];
    const edges = (roaming ? this.#edges : this.#edges.slice(0, 1)).map(() => left.splice(left.indexOf(pick(left)), 1)[0] as Watched);
    return { edges, rendition: pick(this.#simulation.random() < 0.5 && this.#audio.length > 0 ? this.#audio : this.#video) };
  }

  #fetch(wish: Wish, done: () => void): void {
    const { lane, edges, rendition, intendedMs, weight } = wish;
    const simulation = this.#simulation;
    const giveUpMs = intendedMs + wish.deadlineMs;
    const attemptMs = edges.length > 1 ? wish.deadlineMs * shareOfEdge : wish.deadlineMs;
    let failures = 0;
    let edge = edges[0] as Watched;
    const end = (outcome: string, served?: Candidate): void => {
      const said = { pipeline: served?.pipeline ?? "none", flagged: served === undefined ? "none" : served.defects.length > 0 ? "yes" : "no" };
      simulation.duration("segment_ms", { lane, outcome, edge: edge.node.name, home: edges[0]?.node.name ?? "", rendition, ...said }, simulation.nowMs() - intendedMs);
      done();
    };
    // Pipelines that do not keep to the epoch make media whose time is not the number's, and do not know it.
    const isWrong = ({ served }: Answer): boolean => wish.inspects === true && served?.defects.length === 0 && !simulation.enabled("epochLocking");
    const attempt = (outcome: string): void => {
      const askedMs = simulation.nowMs();
      if (askedMs >= giveUpMs) {
        end(outcome);
        return;
      }
      edge = edges[failures % edges.length] as Watched;
      simulation.request<Answer>({
        from: null, to: edge.node, port: "http", timeoutMs: Math.max(50, Math.min(attemptMs, giveUpMs - askedMs)),
        serve: (reply) => edge.get(wish, weight, reply),
        done: (answer) => {
          simulation.duration("http_req_ms", { lane, status: String(answer?.status ?? 0), edge: edge.node.name }, simulation.nowMs() - askedMs);
          if (answer?.status === 200) return end(isWrong(answer) ? "wrong" : simulation.nowMs() <= giveUpMs ? "served" : "late", answer.served);
          const shed = answer?.answer === "shed";
          // The next edge is asked at once; when all have failed, they are given a moment.
          const elsewhere = (answer === null || (answer.status >= 500 && !shed)) && ++failures % edges.length !== 0;
          const waitMs = elsewhere ? 0 : Math.min(shed ? shedRetryMs : retryMs, giveUpMs - simulation.nowMs());
          simulation.after(Math.max(0, waitMs), () => attempt(shed ? "shed" : "lost"));
        },
      });
    };
    attempt("lost");
  }
}
