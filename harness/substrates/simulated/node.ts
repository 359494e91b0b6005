/**
 * One service in virtual time: it starts, serves, pauses and dies. Work in progress is lost when it
 * dies.
 */
import type { ModelNode } from "../../target/model.ts";
import type { Service } from "../../target/layout.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export type NodeState = "down" | "starting" | "running" | "paused";

export class SimulatedNode implements ModelNode {
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly zone: string;
  readonly service: Service;
  readonly #clock: VirtualClock;
  readonly #startMs: number;
  readonly #readyListeners: (() => void)[] = [];
  readonly #deathListeners: (() => void)[] = [];
  /** Requests that this node holds, or waits for: all break off when it dies. */
  readonly open = new Set<() => void>();
  #state: NodeState = "down";
  /** What came due while it was paused, in order. */
  #held: (() => void)[] = [];
  /** The number of its lives, so that nothing scheduled in an earlier one runs in a later one. */
  #life = 0;

  constructor(service: Service, clock: VirtualClock, startMs: number) {
    this.name = service.name;
    this.kind = service.kind;
    this.region = service.region;
    this.zone = service.zone;
    this.service = service;
    this.#clock = clock;
    this.#startMs = startMs;
  }

  get state(): NodeState {
    return this.#state;
  }
  get ready(): boolean {
    return this.#state === "running" || this.#state === "paused";
  }

  onReady(run: () => void): void {
    this.#readyListeners.push(run);
  }
  onDeath(run: () => void): void {
    this.#deathListeners.push(run);
  }

  after(ms: number, run: () => void): void {
    this.#clock.after(ms, this.inThisLife(run));
  }

  /** Does nothing once this life is over, and waits while the node is paused. */
  inThisLife(run: () => void): () => void {
    const life = this.#life;
    return () => {
      if (life === this.#life) this.now(run);
    };
  }

  /** At once, or on resume. */
  now(run: () => void): void {
    if (this.#state === "paused") this.#held.push(run);
    else run();
  }

  /** Calls `ready` once the start completes, unless it dies before. */
  start(ready: () => void): void {
    this.#state = "starting";
    this.after(this.#startMs, () => {
      this.#state = "running";
      for (const listener of this.#readyListeners) listener();
      ready();
    });
  }

  pause(): void {
    if (this.#state === "running") this.#state = "paused";
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    const held = this.#held;
    this.#held = [];
    for (const run of held) this.now(run);
  }

  die(): void {
    if (this.#state === "down") return;
    this.#state = "down";
    this.#life++;
    this.#held = [];
    for (const listener of this.#deathListeners) listener();
    for (const breakOff of [...this.open]) breakOff();
    this.open.clear();
  }
}
