/**
 * A runner as the conductor sees it. It reads the spool piece by piece, so that a broken connection
 * loses nothing. A runner that stays silent is lost: what it had not handed over is missing.
 */
import type { SampleSink } from "../../metrics/samples.ts";
import { callDirectly } from "../../system/direct-http.ts";
import type { LoadEnd } from "../generator.ts";
import { type Clock, clockOf } from "./clock.ts";
import type { RunnerState } from "./job.ts";
import { SpoolReader } from "./spool.ts";

/** A runner that answers nothing for this long is lost. */
export const lostAfterMs = 5_000;
const callMs = 2_000;

export interface RunnerAddress {
  /** `runner 1 of 4`. */
  readonly name: string;
  /** `http://127.0.0.1:12000`. */
  readonly url: string;
  readonly token: string;
}

export class RemoteRunner {
  readonly name: string;
  readonly #address: RunnerAddress;
  readonly #reader: SpoolReader;
  #state: RunnerState | null = null;
  #answeredMs = performance.now();
  #lost: string | null = null;

  constructor(address: RunnerAddress, sink: SampleSink) {
    this.name = address.name;
    this.#address = address;
    this.#reader = new SpoolReader(sink);
  }

  /** The last state that it reported; null before the first. */
  get state(): RunnerState | null {
    return this.#state;
  }

  get samples(): number {
    return this.#reader.end.samples;
  }

  /** Why nothing more is expected of it; null while it answers. */
  get lost(): string | null {
    return this.#lost;
  }

  /** Whether its generator has ended and its samples are all here. */
  get isDone(): boolean {
    return (
      this.#lost !== null ||
      (this.#state?.end != null && this.#reader.offset >= this.#state.spoolBytes)
    );
  }

  /** How it ended, once it is done. */
  get end(): LoadEnd {
    const ended = this.#state?.end;
    if (this.#lost === null && ended != null) return ended;
    return {
      exitCode: null,
      signal: null,
      expected: false,
      detail: `${this.name} was lost after ${this.samples} samples: ${this.#lost}`,
      cpuSeconds: this.#state?.resources?.cpuSeconds ?? null,
    };
  }

  /** Asks for its state and reads what its spool has. Never rejects. */
  async pull(): Promise<void> {
    if (this.isDone) return;
    try {
      this.#state = JSON.parse(await this.#call("GET", "/state")) as RunnerState;
      while (this.#reader.offset < this.#state.spoolBytes) {
        const before = this.#reader.offset;
        const text = await this.#call("GET", `/spool?from=${before}`);
        this.#take(text);
        if (this.#lost !== null || this.#reader.offset === before) break;
      }
      this.#answeredMs = performance.now();
    } catch (error) {
      if (performance.now() - this.#answeredMs > lostAfterMs)
        this.lose(`it does not answer (${(error as Error).message})`);
    }
  }

  #take(text: string): void {
    try {
      this.#reader.push(text);
    } catch (error) {
      // Asking again would give the same: what it says of its past is not to be trusted.
      this.lose((error as Error).message);
    }
  }

  lose(why: string): void {
    this.#lost ??= why;
  }

  /** Its clock against this one. */
  async clock(): Promise<Clock> {
    return clockOf(
      async () => (JSON.parse(await this.#call("GET", "/state")) as RunnerState).nowMs,
    );
  }

  /** Begins at this moment of its own clock. */
  async begin(atMs: number, withinMs: number): Promise<void> {
    await this.#call("POST", `/begin?atMs=${atMs}`, withinMs);
  }

  async stop(withinMs: number): Promise<void> {
    await this.#call("POST", "/stop", withinMs);
  }

  async release(): Promise<void> {
    await this.#call("POST", "/release");
  }

  async #call(method: string, path: string, withinMs = callMs): Promise<string> {
    const { status, text } = await callDirectly(`${this.#address.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#address.token}` },
      signal: AbortSignal.timeout(withinMs),
    });
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text.slice(0, 200)}`);
    return text;
  }
}
