/** The effects of the process substrate on a service, one file each in `effects/`. */
import type { Effect } from "../../target/deployment.ts";
import type { Launch, Place } from "../../target/layout.ts";
import type { ToolName } from "../../target/tools.ts";
import { type EffectOn, effectsIn } from "../effects.ts";

/** The running service that an effect strikes. */
export interface Struck {
  readonly pid: number;
  /** As the service itself sees it. */
  readonly directory: string;
}

export type Start = Pick<Launch, "command" | "args" | "env">;

export interface ProcessEffect<F extends Effect = Effect> extends EffectOn<Struck, F> {
  /** The tools that the effect needs. */
  readonly tools?: readonly ToolName[];
  /** Changes the start of a service that a step will strike. Omitted if none is needed. */
  prepare?(start: Start, place: Pick<Place, "directory" | "tool">): Start;
  /** The folder of a prepared service, as other processes reach it. */
  directoryOf?(struck: Struck): string;
}

export const effects = await effectsIn<ProcessEffect>("process");
