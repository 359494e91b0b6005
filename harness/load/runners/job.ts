/** What a runner is given: everything that its generator needs and that can be written down. */
import type { Plan } from "../../record/plan.ts";
import type { Entry } from "../../target/entries.ts";
import type { Tool } from "../../target/tools.ts";
import type { LoadEnd, LoadProgress, RunningLoad } from "../generator.ts";
import type { Part } from "./part.ts";

export interface Job {
  readonly plan: Plan;
  readonly part: Part;
  readonly runId: string;
  readonly entries: readonly Entry[];
  readonly otherEntries: Readonly<Record<string, readonly Entry[]>>;
  readonly hosts: readonly string[];
  readonly logsDirectory: string;
  readonly workloads: string;
  readonly tool: Tool;
  /** Where the relay listens. */
  readonly listen: { readonly host: string; readonly port: number };
}

/** The variable with the token that each request to a relay must carry. */
export const tokenVariable = "SEAWALL_RUNNER_TOKEN";

/** The state of a runner, as its relay answers. */
export interface RunnerState {
  /** Epoch ms on the runner's clock. */
  readonly nowMs: number;
  /** Whether the generator is ready and paused, or further. */
  readonly ready: boolean;
  /** Why the generator could not start; null if it did, or still may. */
  readonly failed: string | null;
  readonly progress: LoadProgress;
  readonly resources: ReturnType<RunningLoad["resources"]>;
  /** Processor seconds of the relay itself. */
  readonly relayCpuSeconds: number;
  /** Bytes of whole frames in the spool. */
  readonly spoolBytes: number;
  readonly samples: number;
  /** Null while the generator runs. Then the spool is whole. */
  readonly end: LoadEnd | null;
}
