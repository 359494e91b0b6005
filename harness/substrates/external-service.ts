/**
 * A service that Seawall does not start: it receives requests, and is never started, stopped or
 * paused.
 */
import { SeawallError } from "../base/errors.ts";
import type { Clock, Impairment, Instance, InstanceState } from "../target/deployment.ts";
import {
  accessible,
  type Endpoint,
  type Place,
  type Program,
  type Service,
} from "../target/layout.ts";
import { operate, programOf } from "../system/operate.ts";
import { untilReady } from "./ready.ts";

export class ExternalInstance implements Instance {
  readonly service: Service;
  readonly directory: string;
  readonly #clock: Clock;
  readonly #place: Place;

  constructor(service: Service, clock: Clock, place: Place) {
    this.service = service;
    this.directory = place.directory;
    this.#clock = clock;
    this.#place = place;
  }

  get pid(): null {
    return null;
  }

  get state(): InstanceState {
    return "running";
  }

  endpoint(port: string): Endpoint {
    const endpoint = this.service.at?.[port];
    if (endpoint === undefined)
      throw new SeawallError(
        "PLAN_REFUSED",
        `the target does not say where port "${port}" of ${this.service.name} is`,
      );
    return accessible(this.service, port, endpoint);
  }

  lastLogLines(): readonly string[] {
    return [];
  }

  /** It must be running already. */
  async start(signal?: AbortSignal): Promise<void> {
    const { ready, name } = this.service;
    const problem = await untilReady(
      this.service,
      (port) => this.endpoint(port),
      this.#clock,
      signal,
    );
    if (problem === null) return;
    const { host, port } = this.endpoint(ready.port);
    throw new SeawallError(
      "SERVICE_FAILED",
      `${name} does not answer at ` +
        `${host}:${port}${ready.kind === "http" ? ready.path : ""}: ${problem}`,
      { hint: "Seawall does not run it: start it, or fix its address in the experiment." },
    );
  }

  operate(name: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    return operate(this.service, name, parameters, {
      endpoint: (port) => this.endpoint(port),
      controlToken: this.#place.controlToken,
      place: this.#place,
      runId: "",
    });
  }

  programOf(name: string): Program | null {
    return programOf(this.service, name, this.#place);
  }

  pause(): Promise<never> {
    return this.#refuse("paused");
  }

  resume(): Promise<never> {
    return this.#refuse("resumed");
  }

  stop(): Promise<never> {
    return this.#refuse("stopped");
  }

  kill(): Promise<never> {
    return this.#refuse("killed");
  }

  impair(): Promise<Impairment> {
    return this.#refuse("impaired");
  }

  async #refuse(what: string): Promise<never> {
    throw new SeawallError(
      "SERVICE_FAILED",
      `${this.service.name} is not Seawall's own and cannot be ${what}`,
    );
  }
}
