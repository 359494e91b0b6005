/** A playback gateway in the model: its requests, answered by the real service's own decisions. */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { AdmittedPath } from "../gateway/admission.ts";
import { noticeFor, resumeAfter } from "../gateway/audience.ts";
import type { AdmissionDecision } from "../gateway/admission-decision.ts";
import type { Backoff } from "../gateway/guidance.ts";
import { queueShareOf } from "../gateway/ingest.ts";
import { pollAfterMs } from "../gateway/jitter.ts";
import { leaseMs } from "../gateway/session-start.ts";
import { movesAtOnce, maintainMs } from "../gateway/limits.ts";
import type { Lane, Outcome } from "../gateway/telemetry.ts";
import { gatewaySize } from "../layout/gateway.ts";
import { calibration } from "./calibration.ts";
import { watchEdge } from "./edge-watch-model.ts";
import type { Watched } from "./fetch-model.ts";
import { beginLife, type Life } from "./gateway-life.ts";

export type StartKind = "play" | "prefetch";
export type EventKind = "ad" | "telemetry";

/** The content of a session's token. Any gateway can take the session over. */
export interface Claims {
  readonly session: string;
  readonly bitsPerSecond: number;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly backoff?: Backoff | undefined;
  readonly edge?: string;
  readonly claims?: Claims;
}

export interface BoardAnswer {
  readonly id: string;
  readonly notices: readonly { readonly timestampMs: number; readonly actAtMs: number }[];
  readonly pollAfterMs: number;
}

export class Gateway {
  readonly node: ModelNode;
  readonly #simulation: Simulation;
  readonly #edges: readonly Watched[];
  #life: Life;
  #lives = 0;
  #sessions = 0;
  /** Lines in its file. */
  #stored = 0;

  constructor(node: ModelNode, simulation: Simulation, edges: readonly Watched[]) {
    this.node = node;
    this.#simulation = simulation;
    this.#edges = [
      ...edges.filter((edge) => edge.node.zone === node.zone),
      ...edges.filter((edge) => edge.node.zone !== node.zone),
    ];
    this.#life = this.#begun();
    node.onDeath(() => {
      this.#life = this.#begun();
    });
    node.onReady(() => {
      this.#maintain(this.#life);
      if (simulation.enabled("steering")) this.#watch(this.#life);
    });
    simulation.count(
      "gateway_requests_total",
      { service: node.name, lane: "start", bucket: "CRITICAL", outcome: "shed" },
      0,
    );
    for (const edge of edges)
      simulation.count(
        "gateway_assignments_total",
        { service: node.name, edge: edge.node.name },
        0,
      );
    simulation.count("gateway_moves_total", { service: node.name, why: "lost" }, 0);
    const gauge = (metric: string, read: (life: Life) => number): void =>
      simulation.gauge(metric, { service: node.name }, () => read(this.#life));
    gauge("gateway_utilisation", ({ utilisation }) => utilisation.now);
    gauge("gateway_limit", ({ limit }) => limit.limit);
    gauge("gateway_sessions", ({ steering }) => steering.sessions);
    gauge(
      "gateway_edges_usable",
      ({ steering }) => steering.edges.filter(({ usable }) => usable).length,
    );
  }

  #begun(): Life {
    return beginLife(
      this.node,
      this.#simulation,
      this.#edges.map(({ node }) => node),
      `${this.node.name}-${++this.#lives}`,
      (count) => {
        this.#stored += count;
      },
    );
  }

  #maintain(life: Life): void {
    life.steering.expire(this.#simulation.nowMs());
    this.#rebalance(life);
    this.node.after(maintainMs, () => this.#maintain(life));
  }

  #watch(life: Life): void {
    for (const edge of this.#edges) {
      watchEdge(this.node, this.#simulation, edge, (usable) => {
        life.steering.setUsable(edge.node.name, usable);
        this.#rebalance(life);
      });
    }
  }

  #rebalance({ steering }: Life): void {
    for (const { why } of steering.rebalance(movesAtOnce))
      this.#simulation.count("gateway_moves_total", { service: this.node.name, why }, 1);
  }

  /** `leftInMs`: the time after which the device no longer waits. */
  start(kind: StartKind, leftInMs: number, reply: (answer: GatewayAnswer) => void): void {
    const life = this.#life;
    const leavesAtMs = this.#simulation.nowMs() + leftInMs;
    this.#enter(life, "start", "/sessions", kind, reply, (entry, answer) => {
      const session = `${this.node.name}/${++this.#sessions}`;
      const left = new AbortController();
      let over = false;
      // The device may have left while its request waited for the event loop.
      if (this.#simulation.nowMs() >= leavesAtMs) left.abort();
      else
        this.node.after(leavesAtMs - this.#simulation.nowMs(), () => {
          if (!over) left.abort();
        });
      void life.start(entry.bucket, { session }, life.sign, left.signal).then((start) => {
        over = true;
        if (start.kind !== "started") return answer(503, start.kind);
        this.#simulation.count(
          "gateway_assignments_total",
          { service: this.node.name, edge: start.edge },
          1,
        );
        answer(201, "served", {
          edge: start.edge,
          claims: { session, bitsPerSecond: start.bitsPerSecond },
        });
      });
      this.#simulation.settled();
    });
  }

  /** The session's edge from now on. */
  current({ session, bitsPerSecond }: Claims, reply: (answer: GatewayAnswer) => void): void {
    const life = this.#life;
    this.#enter(life, "steer", "/sessions", "move", reply, (_entry, answer) => {
      const edge = life.steering.place(session, bitsPerSecond, this.#simulation.nowMs() + leaseMs);
      if (edge === null) answer(503, "full");
      else answer(200, "served", { edge });
    });
  }

  look(
    device: string,
    lastId: string,
    reply: (answer: GatewayAnswer & { readonly board?: BoardAnswer }) => void,
  ): void {
    const life = this.#life;
    const { board, epoch } = life;
    const jitter = this.#simulation.enabled("jitter");
    this.#enter(life, "broadcast", "/broadcasts", "watch", reply, (_entry, answer) => {
      const notices = board
        .after(resumeAfter(lastId, epoch))
        .map(
          (notice) =>
            JSON.parse(noticeFor(notice, device, jitter)) as BoardAnswer["notices"][number],
        );
      answer(200, "served", {
        board: {
          id: `${epoch}-${board.seq}`,
          notices,
          pollAfterMs: pollAfterMs(device, epoch, this.#simulation.nowMs(), jitter),
        },
      });
    });
  }

  report(kind: EventKind, events: readonly string[], reply: (answer: GatewayAnswer) => void): void {
    const life = this.#life;
    this.#enter(life, "ingest", "/events", kind, reply, ({ bucket }, answer) => {
      if (life.ingest.full) return answer(503, "shed");
      life.loop.work(calibration.eventReadMs * events.length, () => {
        life.ingest.offer(events, queueShareOf(bucket));
        answer(202, "served");
        this.#simulation.settled();
      });
    });
  }

  /** Every request costs event-loop time, including a refused one. */
  #enter<A extends GatewayAnswer>(
    life: Life,
    lane: Lane,
    path: AdmittedPath,
    kind: string,
    reply: (answer: A) => void,
    go: (
      entry: AdmissionDecision,
      answer: (status: number, outcome: Outcome, more?: Omit<A, "status" | "backoff">) => void,
    ) => void,
  ): void {
    life.loop.work(gatewaySize.requestMsMin, () => {
      const entry = life.enter(path, kind);
      const answer = (
        status: number,
        outcome: Outcome,
        more?: Omit<A, "status" | "backoff">,
      ): void => {
        this.#simulation.count(
          "gateway_requests_total",
          { service: this.node.name, lane, bucket: entry.bucket, outcome },
          1,
        );
        reply({ ...more, status, backoff: entry.backoff() } as A);
      };
      if (entry.admitted) go(entry, answer);
      else answer(503, "shed");
    });
  }

  operate(
    operation: string,
    parameters: Readonly<Record<string, string>>,
    done: (answer: string | null) => void,
  ): void {
    this.#simulation.request<string | null>({
      from: null,
      to: this.node,
      port: "control",
      timeoutMs: 2_000,
      serve: (reply) => reply(this.#perform(operation, parameters)),
      done,
    });
  }

  #perform(
    operation: string,
    { key = "", timestampMs, actAtMs, spreadMs }: Readonly<Record<string, string>>,
  ): string | null {
    const { board, ingest } = this.#life;
    switch (operation) {
      case "broadcast":
        return board.post({
          key,
          timestampMs: Number(timestampMs),
          actAtMs: Number(actAtMs),
          spreadMs: Number(spreadMs),
          data: "null",
        });
      case "board":
        return JSON.stringify({ notices: board.after(0) });
      case "ingest":
        return JSON.stringify(ingest.counts);
      case "eventsFound":
        return String(this.#stored);
      default:
        return null;
    }
  }
}
