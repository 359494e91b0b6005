/**
 * Devices with a session, as in the k6 workload `sessions`. A gateway assigns each device's edge,
 * and assigns another when that one fails.
 */
import type { Iteration, Simulation } from "../../../harness/target/model.ts";
import { someOf } from "./random-draws.ts";
import type { Watched } from "./fetch-model.ts";
import type { Claims, Gateway, GatewayAnswer } from "./gateway-model.ts";
import type { Viewers } from "./viewer-model.ts";

/** The workload's constants. */
const segmentsPerSession = 8,
  gatewayMs = 1_000;

interface Session {
  edge: Watched;
  readonly claims: Claims;
  readonly gateways: readonly Gateway[];
  segmentsLeft: number;
}

export class Sessions {
  readonly #simulation: Simulation;
  readonly #viewers: Viewers;
  readonly #edges: readonly Watched[];
  readonly #gateways: readonly Gateway[];
  readonly #sessions = new Map<number, Session>();

  constructor(
    simulation: Simulation,
    viewers: Viewers,
    edges: readonly Watched[],
    gateways: readonly Gateway[],
  ) {
    this.#simulation = simulation;
    this.#viewers = viewers;
    this.#edges = edges;
    this.#gateways = gateways;
  }

  live({ user, lane, weight }: Iteration, done: () => void): void {
    const known = this.#sessions.get(user);
    if (known !== undefined) {
      this.#watch(user, lane, weight, known, done);
      return;
    }
    this.#begin(someOf(this.#simulation, this.#gateways), (session) => {
      // Without any gateway, a device still knows the usual edges.
      if (session === null)
        this.#viewers.watch({ lane, weight, edges: someOf(this.#simulation, this.#edges) }, done);
      else this.#watch(user, lane, weight, session, done);
    });
  }

  #watch(user: number, lane: string, weight: number, session: Session, done: () => void): void {
    const steer = (broken: Watched, chosen: (edge: Watched) => void): void =>
      this.#steer(session, session.gateways, (edge) => chosen(edge ?? broken));
    this.#viewers.watch({ lane, weight, edges: [session.edge], steer }, () => {
      session.segmentsLeft--;
      if (session.segmentsLeft > 0) this.#sessions.set(user, session);
      else this.#sessions.delete(user);
      done();
    });
  }

  #begin(gateways: readonly Gateway[], begun: (session: Session | null) => void): void {
    this.#ask(
      gateways,
      (gateway, reply) => gateway.start("play", gatewayMs, reply),
      ({ status, edge, claims }) => {
        const known = status === 201 ? this.#edge(edge) : undefined;
        return known === undefined || claims === undefined
          ? null
          : { edge: known, claims, gateways, segmentsLeft: segmentsPerSession };
      },
      begun,
    );
  }

  /** The edge that a gateway assigns to the device now; null if none answers. */
  #steer(
    session: Session,
    gateways: readonly Gateway[],
    chosen: (edge: Watched | null) => void,
  ): void {
    this.#ask(
      gateways,
      (gateway, reply) => gateway.current(session.claims, reply),
      ({ status, edge }) => (status === 200 ? (this.#edge(edge) ?? null) : null),
      (edge) => {
        session.edge = edge ?? session.edge;
        chosen(edge);
      },
    );
  }

  /** One gateway after another, until one gives a usable answer. */
  #ask<T>(
    [gateway, ...others]: readonly Gateway[],
    serve: (gateway: Gateway, reply: (answer: GatewayAnswer) => void) => void,
    use: (answer: GatewayAnswer) => T | null,
    done: (found: T | null) => void,
  ): void {
    if (gateway === undefined) {
      done(null);
      return;
    }
    this.#simulation.request<GatewayAnswer>({
      from: null,
      to: gateway.node,
      port: "http",
      timeoutMs: gatewayMs,
      serve: (reply) => serve(gateway, reply),
      done: (answer) => {
        const found = answer === null ? null : use(answer);
        if (found === null) this.#ask(others, serve, use, done);
        else done(found);
      },
    });
  }

  #edge(name: string | undefined): Watched | undefined {
    return this.#edges.find((edge) => edge.node.name === name);
  }
}
