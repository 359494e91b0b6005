/**
 * How a player fetches one segment, as the workloads' `fetchSegment` does: it retries after an
 * error, and switches edges when one fails.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Candidate } from "../stream/candidate.ts";
import type { Answer, SegmentRequest } from "./request.ts";

/** The workload's constants. */
const retryMs = 250,
  shedRetryMs = 5_000;
/** The share of a viewer's time that one of several edges may take. */
const shareOfEdge = 0.5;

export interface Watched {
  readonly node: ModelNode;
  get(asked: SegmentRequest, weight: number, reply: (answer: Answer) => void): void;
}

export interface Wish extends SegmentRequest {
  readonly lane: string;
  /** In the order of attempts; the first is its home. */
  readonly edges: readonly Watched[];
  /**
   * Given the failed edge, returns the one to use. The same edge means that there is no other for
   * now. Without this function, the next of `edges` is used.
   */
  readonly steer?: (broken: Watched, chosen: (edge: Watched) => void) => void;
  readonly intendedMs: number;
  readonly deadlineMs: number;
  readonly weight: number;
  readonly inspects?: boolean;
  /** Sends one request alone, as a replay does. */
  readonly once?: boolean;
}

export function fetchSegment(simulation: Simulation, wish: Wish, done: () => void): void {
  const { lane, edges, rendition, intendedMs, weight, steer } = wish;
  const giveUpMs = intendedMs + wish.deadlineMs;
  const attemptMs =
    edges.length > 1 || steer !== undefined ? wish.deadlineMs * shareOfEdge : wish.deadlineMs;
  const home = edges[0] as Watched;
  let failures = 0;
  const end = (edge: Watched, outcome: string, served?: Candidate): void => {
    const said = {
      pipeline: served?.pipeline ?? "none",
      flagged: served === undefined ? "none" : served.defects.length > 0 ? "yes" : "no",
    };
    simulation.duration(
      "segment_ms",
      { lane, outcome, entry: edge.node.name, home: home.node.name, rendition, ...said },
      simulation.nowMs() - intendedMs,
    );
    done();
  };
  // Pipelines that are not epoch-locked make media whose time differs from the number's, and do not
  // notice.
  const isWrong = ({ served }: Answer): boolean =>
    wish.inspects === true && served?.defects.length === 0 && !simulation.enabled("epochLocking");
  const failed = (edge: Watched, answer: Answer | null): void => {
    const shed = answer?.answer === "shed";
    const outcome = shed ? "shed" : "lost";
    if (wish.once === true) {
      end(edge, outcome);
      return;
    }
    const later = (next: Watched): void =>
      simulation.after(
        Math.max(0, Math.min(shed ? shedRetryMs : retryMs, giveUpMs - simulation.nowMs())),
        () => attempt(next, outcome, edge),
      );
    if (answer !== null && (answer.status < 500 || shed)) later(edge);
    // Another edge is tried at once. When all have failed, the player pauses.
    else if (steer !== undefined)
      steer(edge, (next) => (next === edge ? later(next) : attempt(next, outcome, edge)));
    else {
      const next = edges[++failures % edges.length] as Watched;
      if (failures % edges.length === 0) later(next);
      else attempt(next, outcome, edge);
    }
  };
  const attempt = (edge: Watched, outcome: string, last: Watched): void => {
    const askedMs = simulation.nowMs();
    if (askedMs >= giveUpMs) {
      end(last, outcome);
      return;
    }
    simulation.request<Answer>({
      from: null,
      to: edge.node,
      port: "http",
      timeoutMs: Math.max(50, Math.min(attemptMs, giveUpMs - askedMs)),
      serve: (reply) => edge.get(wish, weight, reply),
      done: (answer) => {
        simulation.duration(
          "http_req_ms",
          { lane, status: String(answer?.status ?? 0), entry: edge.node.name },
          simulation.nowMs() - askedMs,
        );
        if (answer?.status === 200)
          end(
            edge,
            isWrong(answer) ? "wrong" : simulation.nowMs() <= giveUpMs ? "served" : "late",
            answer.served,
          );
        else failed(edge, answer);
      },
    });
  };
  attempt(home, "lost", home);
}
