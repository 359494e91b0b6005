/** The load of an experiment: which script runs, and how often. */
import type { Phase } from "../base/phases.ts";
import type { Replay } from "./replay.ts";

/** Open-model load: iterations start at this rate even while earlier ones still run. */
export interface Load {
  /** Unique within the experiment; becomes the name of the k6 scenario. */
  readonly name: string;
  /**
   * A k6 script: its path from the experiment's file, such as "./load.ts". One of the target's
   * pack goes by its file name without the ending.
   */
  readonly workload: string;
  /** An exported function of that script, or `default`; one call is one action of a user. */
  readonly exec: string;
  /**
   * The class of its requests, which becomes the tag `lane` of all its samples. Where the target's
   * pack lists classes, it is one of these. Otherwise, it is any word.
   */
  readonly lane: string;
  /**
   * Iterations per second in each phase: 0, or at least 0.1. The lead-in before the baseline uses
   * the baseline's rate.
   */
  readonly ratePerSecond: Readonly<Record<Phase, number>>;
  /**
   * Virtual users, allocated before the start. None are added later, so a shortage shows as dropped
   * iterations. Take the greatest rate × the longest iteration in seconds, plus a reserve.
   */
  readonly vus: number;
  /**
   * Variables for the script's `__ENV`. `{url}` in a value becomes the address of the first entry,
   * `{url:NAME}` that of the entry NAME. The plan records them, so secrets belong into `secrets`.
   */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables of the user's environment that the script gets and no record contains. */
  readonly secrets?: readonly string[] | undefined;
  /** The trace that it replays, at the trace's own pace; its rates are then the means of phases. */
  readonly replay?: Replay | undefined;
}
