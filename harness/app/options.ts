/** The user's options for a run. */
export interface RunRequest {
  readonly substrate: string;
  readonly topology: string | null;
  readonly without: readonly string[];
  readonly seed: number | null;
  /** Factor on the audience. */
  readonly scale: number;
  readonly allowHosts: readonly string[];
  /** Runs despite prerequisites that have not held. */
  readonly force: boolean;
  readonly out: string;
  readonly json: boolean;
}
