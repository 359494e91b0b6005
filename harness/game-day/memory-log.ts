/** The events of a page that shows runs. Their own records keep everything, so no file does. */
import type { DayEvent, DayHappening } from "./day/day.ts";
import type { Log } from "./desk.ts";

export class MemoryLog implements Log {
  readonly events: DayEvent[] = [];
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(event: DayEvent) => void>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  append(happening: DayHappening): DayEvent {
    const event = { seq: this.events.length + 1, atMs: this.#nowMs(), ...happening } as DayEvent;
    this.events.push(event);
    for (const listener of [...this.#listeners]) listener(event);
    return event;
  }

  since(seq: number): readonly DayEvent[] {
    return this.events.slice(seq);
  }

  onEvent(listener: (event: DayEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
