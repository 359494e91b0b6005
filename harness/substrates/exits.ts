/** Who ended, and whether the harness had ended it: told to whoever listens, also to those who begin to listen later. */
import { SeawallError } from "../core/errors.ts";
import type { Instance } from "../core/ports.ts";

export interface Exit { readonly service: string; readonly expected: boolean; readonly detail: string }

export class Exits {
  readonly #listeners: ((exit: Exit) => void)[] = [];
  /** Those that ended although nobody had told them to, from the very first moment. */
  readonly #deaths: Exit[] = [];

  tell(exit: Exit): void {
    if (!exit.expected) this.#deaths.push(exit);
    for (const listener of this.#listeners) listener(exit);
  }

  onExit(listener: (exit: Exit) => void): void {
    for (const death of this.#deaths) listener(death);
    this.#listeners.push(listener);
  }

  /** A service that died after it was ready need not be missed by a player: the target would be measured without it. */
  refuseDeaths(instances: readonly Instance[]): void {
    const [death] = this.#deaths;
    if (death === undefined) return;
    throw new SeawallError("SERVICE_FAILED", `${death.service} died while the target was starting (${death.detail})`, {
      logLines: instances.find((one) => one.service.name === death.service)?.lastLogLines() ?? [], hint: "Its log is in the run directory under logs/.",
    });
  }
}
