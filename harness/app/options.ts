/** What a user asks of a run. */
export interface RunRequest {
  readonly substrate: string;
  readonly topology: string | null;
  readonly without: readonly string[];
  readonly seed: number | null;
  /** Multiplies the audience. */
  readonly scale: number;
  readonly allowHosts: readonly string[];
  /** Runs although what must have held before has not. */
  readonly force: boolean;
  /** What its user calls the run. */
  readonly label?: string | null;
  readonly out: string;
  readonly json: boolean;
}
