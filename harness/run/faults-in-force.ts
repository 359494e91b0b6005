/**
 * The faults of one run while they are in force. Injection and heal run concurrently with the
 * timeline, which waits for neither.
 */
import type { Clock, Deployment } from "../target/deployment.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { Struck } from "../target/fault.ts";
import type { Fault } from "../faults/faults.ts";
import type { InjectFault } from "../faults/inject.ts";
import { type Injection, messageOf } from "../faults/injection.ts";
import { WatchedFault } from "./watch-fault.ts";

/** The part of the world that injection and heal need. */
interface FaultWorld {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly inject: InjectFault;
}

/** A fault, and what it affects according to the plan. */
interface Planned {
  readonly fault: Fault;
  readonly struck: Struck;
}

interface Taken {
  readonly injection: Injection;
  readonly watch: WatchedFault | null;
}
interface Active {
  readonly fault: Fault;
  readonly taken: Promise<Taken | null>;
  healed: Promise<void> | null;
}

/**
 * The faults of one run: each is injected once, checked while it lasts, and healed once, whatever
 * happens in between.
 */
export class FaultsInForce {
  readonly #world: FaultWorld;
  readonly #deployment: Deployment;
  readonly #signal: AbortSignal;
  readonly #countTraffic: () => Promise<void>;
  readonly #touch: (one: number, other: number) => boolean;
  readonly #active = new Map<number, Active>();

  /**
   * `countTraffic` counts the traffic of links until now. `touch`: two steps strike the same
   * service or link, so one waits until the other is healed.
   */
  constructor(
    world: FaultWorld,
    deployment: Deployment,
    signal: AbortSignal,
    countTraffic: () => Promise<void> = async () => {},
    touch: (one: number, other: number) => boolean = () => false,
  ) {
    this.#world = world;
    this.#deployment = deployment;
    this.#signal = signal;
    this.#touch = touch;
    this.#countTraffic = () => countTraffic().catch(() => undefined);
  }

  /** `dueMs`: epoch ms of the planned heal. */
  inject(step: number, planned: Planned, plannedMs: number, dueMs: number): void {
    this.#active.set(step, {
      fault: planned.fault,
      taken: this.#take(step, planned, plannedMs, dueMs),
      healed: null,
    });
  }

  async #take(
    step: number,
    { fault, struck }: Planned,
    plannedMs: number,
    dueMs: number,
  ): Promise<Taken | null> {
    const { events, inject, clock } = this.#world;
    await this.#healed(step);
    events.event({ kind: "injecting", step, fault });
    // Concurrent with the act, which must not wait: it separates the traffic before the fault from
    // that during it.
    void this.#countTraffic();
    try {
      const injection = await inject(fault, struck, this.#deployment, {
        clock,
        signal: this.#signal,
      });
      const { actedMs, evidence } = injection;
      events.event({ kind: "injected", step, fault, plannedMs, actedMs, evidence });
      const isWatched = evidence.landed && injection.observe !== null;
      const watch = isWatched
        ? new WatchedFault({ step, fault, injection, dueMs }, clock, events)
        : null;
      return { injection, watch };
    } catch (error) {
      events.event({
        kind: "injected",
        step,
        fault,
        plannedMs,
        evidence: { landed: false, observation: messageOf(error) },
      });
      return null;
    }
  }

  /** A fault on a service whose heal is in progress would interfere with it. */
  async #healed(step: number): Promise<void> {
    const healing = [...this.#active].flatMap(([other, { healed }]) =>
      healed !== null && this.#touch(step, other) ? [healed] : [],
    );
    if (healing.length > 0) await Promise.all(healing);
  }

  heal(step: number, plannedMs: number): void {
    const active = this.#active.get(step);
    if (active !== undefined)
      active.healed ??= this.#restore(step, active.fault, active.taken, plannedMs);
  }

  async #restore(
    step: number,
    fault: Fault,
    taking: Promise<Taken | null>,
    plannedMs: number,
  ): Promise<void> {
    const taken = await taking;
    if (taken === null) return;
    const { events } = this.#world;
    await taken.watch?.stop(this.#signal.aborted);
    void this.#countTraffic();
    events.event({ kind: "healing", step, fault });
    try {
      events.event({
        kind: "healed",
        step,
        fault,
        plannedMs,
        evidence: await taken.injection.heal(),
      });
    } catch (error) {
      events.event({
        kind: "healed",
        step,
        fault,
        plannedMs,
        evidence: { landed: false, observation: messageOf(error) },
      });
    }
  }

  async healAll(): Promise<void> {
    for (const step of this.#active.keys()) this.heal(step, this.#world.clock.nowMs());
    await Promise.all([...this.#active.values()].map((active) => active.healed));
  }
}
