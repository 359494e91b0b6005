/** What the process substrate can do to a service: a file of `effects/` each. */
import type { Effect } from "../../target/deployment.ts";
import type { Launch, Place } from "../../target/layout.ts";
import type { ToolName } from "../../target/tools.ts";
import { type EffectOn, effectsIn } from "../effects.ts";

/** A running service. */
export interface Struck {
  readonly pid: number;
  /** As the service itself sees it. */
  readonly directory: string;
}

export type Start = Pick<Launch, "command" | "args" | "env">;

export interface ProcessEffect<F extends Effect = Effect> extends EffectOn<Struck, F> {
  /** Tools of a run in which it strikes. */
  readonly tools?: readonly ToolName[];
  /** How a service starts to which this will be done. Left out where each service will do. */
  prepare?(start: Start, place: Pick<Place, "directory" | "tool">): Start;
  /** Where others reach the folder of a service that was so prepared. */
  directoryOf?(struck: Struck): string;
}

export const effects = await effectsIn<ProcessEffect>("process");
