/** The faults of one run while they are in force. Injecting and healing run beside the timeline, which waits for neither. */
import type { Fault } from "../core/faults.ts";
import type { Clock, Deployment, EventSink, Injection, Injector, Injectors } from "../core/ports.ts";

/** As much of the world as breaking and mending needs. */
interface FaultWorld {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly injectors: Injectors;
}

/** The faults of one run: each injected once, healed once, whatever happens in between. */
export class FaultsInForce {
  readonly #world: FaultWorld;
  readonly #deployment: Deployment;
  readonly #signal: AbortSignal;
  readonly #active = new Map<number, { fault: Fault; injection: Promise<Injection | null>; healed: Promise<void> | null }>();

  constructor(world: FaultWorld, deployment: Deployment, signal: AbortSignal) {
    this.#world = world;
    this.#deployment = deployment;
    this.#signal = signal;
  }

  inject(step: number, fault: Fault, plannedMs: number): void {
    this.#active.set(step, { fault, injection: this.#take(step, fault, plannedMs), healed: null });
  }

  async #take(step: number, fault: Fault, plannedMs: number): Promise<Injection | null> {
    const { events, injectors } = this.#world;
    events.event({ kind: "injecting", step, fault });
    try {
      // The table pairs each kind with its own injector; the compiler cannot follow that through a union.
      const inject = injectors[fault.kind] as Injector<Fault>;
      const injection = await inject(fault, this.#deployment, { clock: this.#world.clock, signal: this.#signal });
      events.event({ kind: "injected", step, fault, plannedMs, actedMs: injection.actedMs, evidence: injection.evidence });
      return injection;
    } catch (error) {
      events.event({ kind: "injected", step, fault, plannedMs, evidence: { landed: false, observation: messageOf(error) } });
      return null;
    }
  }

  heal(step: number, plannedMs: number): void {
    const active = this.#active.get(step);
    if (active !== undefined) active.healed ??= this.#restore(step, active.fault, active.injection, plannedMs);
  }

  async #restore(step: number, fault: Fault, taken: Promise<Injection | null>, plannedMs: number): Promise<void> {
    const injection = await taken;
    if (injection === null) return;
    const { events } = this.#world;
    events.event({ kind: "healing", step, fault });
    try {
      events.event({ kind: "healed", step, fault, plannedMs, evidence: await injection.heal() });
    } catch (error) {
      events.event({ kind: "healed", step, fault, plannedMs, evidence: { landed: false, observation: messageOf(error) } });
    }
  }

  async healAll(): Promise<void> {
    for (const step of this.#active.keys()) this.heal(step, this.#world.clock.nowMs());
    await Promise.all([...this.#active.values()].map((active) => active.healed));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
