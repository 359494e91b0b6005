/** What a load of an experiment is: which script, and how often. */
import type { Phase } from "../base/phases.ts";

/** Open-model load: iterations start at this rate whether or not earlier ones have ended. */
export interface Load {
  /** Unique within the experiment; becomes the k6 scenario's name. */
  readonly name: string;
  /**
   * A k6 script: of one that comes with Seawall its file name without ending in
   * `experiments/workloads/`, of any other its path from the experiment's file on, such as
   * "./load.ts". Loads of one experiment may come from several.
   */
  readonly workload: string;
  /** Exported function of that file; one call is one thing that a user does. */
  readonly exec: string;
  /** The class of its requests, one of the target's own. */
  readonly lane: string;
  /**
   * Iterations started per second in each phase; the lead-in before the baseline runs at the
   * baseline's rate.
   */
  readonly ratePerSecond: Readonly<Record<Phase, number>>;
  /**
   * Virtual users made before the start; no more are made later, so a shortage is seen as dropped
   * iterations.
   */
  readonly vus: number;
  /**
   * What the script finds in `__ENV`. `{url}` in a value stands for the address of the first entry,
   * `{url:NAME}` for that of the entry of that name. It is recorded: secrets go by `secrets`.
   */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables of the user's environment that the script gets and nobody records. */
  readonly secrets?: readonly string[] | undefined;
}
