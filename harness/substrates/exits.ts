/**
 * Ended services, and whether the harness had ended them. Listeners receive them all, including
 * those before they subscribed.
 */
import { SeawallError } from "../base/errors.ts";
import type { Instance } from "../target/deployment.ts";

export interface Exit {
  readonly service: string;
  readonly expected: boolean;
  readonly detail: string;
}

/** For a command that exited at once with status 0. */
export const foregroundHint =
  "A program that ends with status 0 runs in the background, where Seawall cannot watch it. " +
  "Start it in the foreground: nginx with `daemon off;`, redis without `--daemonize`, a script " +
  "with `exec`.";

export class Exits {
  readonly #listeners: ((exit: Exit) => void)[] = [];
  /** Services that ended unexpectedly, from the very start. */
  readonly #deaths: Exit[] = [];

  tell(exit: Exit): void {
    if (!exit.expected) this.#deaths.push(exit);
    for (const listener of this.#listeners) listener(exit);
  }

  onExit(listener: (exit: Exit) => void): void {
    for (const death of this.#deaths) listener(death);
    this.#listeners.push(listener);
  }

  /**
   * The play checks may not notice a service that died after it was ready, and the target would be
   * measured without it.
   */
  refuseDeaths(instances: readonly Instance[]): void {
    const [death] = this.#deaths;
    if (death === undefined) return;
    throw new SeawallError(
      "SERVICE_FAILED",
      `${death.service} died while the target was starting (${death.detail})`,
      {
        logLines: instances.find((one) => one.service.name === death.service)?.lastLogLines() ?? [],
        hint:
          death.detail === "exit status 0"
            ? foregroundHint
            : "Its log is in the run directory under logs/.",
      },
    );
  }
}
