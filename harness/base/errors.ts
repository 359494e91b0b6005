/**
 * Catalogue of Seawall's errors: misuse and failures of its own environment. Each has a code, an
 * exit status and a hint for the next step. Failures of the system under test are data and never
 * pass through here.
 */

/** Exit statuses of the command line: the verdicts first, then everything that is not a verdict. */
export const exitCodes = {
  held: 0,
  refuted: 1,
  inconclusive: 2,
  aborted: 3,
  cleanupIncomplete: 4,
  usage: 64,
  internal: 70,
  interrupted: 130,
} as const;

/** What each says, for the help and the reference. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  held: "held",
  refuted: "refuted, or worse than the baseline",
  inconclusive: "inconclusive",
  aborted: "aborted: an abort condition was violated, or a deadline passed",
  cleanupIncomplete: "cleanup incomplete: run `seawall recover`",
  usage: "usage: an error on the command line or in an experiment",
  internal: "internal: a fault of the harness, or a missing tool",
  interrupted: "interrupted",
};

const catalogue = {
  USAGE: "usage",
  UNKNOWN_NAME: "usage",
  EXPERIMENT_MALFORMED: "usage",
  GAME_DAY_MALFORMED: "usage",
  CONFIG_MALFORMED: "usage",
  PLAN_REFUSED: "usage",
  RUN_DIRECTORY_BROKEN: "usage",
  TRACE_BROKEN: "usage",
  TRACE_EMPTY: "usage",
  OUTPUT_NOT_WRITABLE: "usage",
  EXPORT_FAILED: "internal",
  HOST_NOT_ALLOWED: "usage",
  TOOL_MISSING: "internal",
  PORT_BUSY: "internal",
  MACHINE_DIRTY: "cleanupIncomplete",
  CLEANUP_INCOMPLETE: "cleanupIncomplete",
  DISK_FULL: "internal",
  TARGET_ANSWERS_ANYTHING: "inconclusive",
  CONTENT_UNREADABLE: "inconclusive",
  SERVICE_FAILED: "inconclusive",
  GENERATOR_FAILED: "internal",
  PROXY_FAILED: "internal",
  ENGINE_FAILED: "internal",
  TIMED_OUT: "internal",
  INTERRUPTED: "interrupted",
} as const satisfies Record<string, keyof typeof exitCodes>;

export type ErrorCode = keyof typeof catalogue;

export interface ErrorDetail {
  /** The single problems, where the message lists several. */
  readonly problems?: readonly string[];
  /** What the reader can do next, as an imperative sentence. */
  readonly hint?: string;
  /** The last lines of the service's log, newest last. */
  readonly logLines?: readonly string[];
  readonly cause?: unknown;
}

/**
 * An error with a code, a hint and an exit status. The command line prints any other error with its
 * stack.
 */
export class SeawallError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly string[];
  readonly logLines: readonly string[];

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "SeawallError";
    this.code = code;
    this.hint = detail.hint;
    this.problems = detail.problems ?? [];
    this.logLines = detail.logLines ?? [];
  }

  get exitCode(): number {
    return exitCodes[catalogue[this.code]];
  }
}

/** Exit statuses by urgency, the most urgent last. */
const byUrgency: readonly number[] = [
  exitCodes.held,
  exitCodes.inconclusive,
  exitCodes.refuted,
  exitCodes.aborted,
  exitCodes.usage,
  exitCodes.internal,
  exitCodes.cleanupIncomplete,
  exitCodes.interrupted,
];

/** Returns the more urgent of two exit statuses. */
export function worse(a: number, b: number): number {
  return byUrgency.indexOf(a) >= byUrgency.indexOf(b) ? a : b;
}
