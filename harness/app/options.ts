import type { Runners } from "../record/runners.ts";

/** The user's options for a run. */
export interface RunRequest {
  readonly substrate: string;
  readonly topology: string | null;
  readonly without: readonly string[];
  readonly seed: number | null;
  /** Factor on the audience. */
  readonly scale: number;
  /** The runners that share the load; null for one generator. */
  readonly runners: Runners | null;
  readonly allowHosts: readonly string[];
  /** Runs despite prerequisites that have not held. */
  readonly force: boolean;
  /** What its user calls the run. */
  readonly label?: string | null;
  /** What hears of a verdict that differs from the one before. */
  readonly webhook?: string | null;
  readonly out: string;
  readonly json: boolean;
}
