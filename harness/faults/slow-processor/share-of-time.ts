/** Stops a service for the rest of each period, until it is let run. */
import type { Clock, Instance } from "../../target/deployment.ts";

/** Twice the period of the kernel's own quotas, because each stop costs some ms here. */
export const periodMs = 200;

export class ShareOfTime {
  readonly #instance: Instance;
  readonly #clock: Clock;
  readonly #runMs: number;
  readonly #stop = new AbortController();
  #looping: Promise<void> = Promise.resolve();
  #ended: string | null = null;
  periods = 0;

  constructor(instance: Instance, clock: Clock, share: number) {
    this.#instance = instance;
    this.#clock = clock;
    this.#runMs = periodMs * share;
  }

  /** Resolves when it is stopped for the first time. */
  async begin(): Promise<void> {
    await this.#instance.pause();
    this.#looping = this.#loop().catch((error: Error) => {
      if (!this.#stop.signal.aborted) this.#ended = error.message;
    });
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await this.#clock.sleep(periodMs - this.#runMs, signal);
      await this.#instance.resume();
      this.periods += 1;
      await this.#clock.sleep(this.#runMs, signal);
      signal.throwIfAborted();
      await this.#instance.pause();
    }
  }

  /** Why it is not in force any more; null while it is. */
  get problem(): string | null {
    return this.#ended;
  }

  async end(): Promise<void> {
    this.#stop.abort(new Error("the fault is over"));
    await this.#looping;
    if (this.#instance.pid !== null) await this.#instance.resume();
  }
}
