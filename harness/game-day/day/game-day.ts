/**
 * A game day as data: experiments in order, the decision points between them, and the rights of
 * each role.
 */

/**
 * `decide`: answer go/no-go points. `stop`: revert all faults and end the day. `note`: add notes to
 * the timeline.
 */
export const rights = ["decide", "stop", "note"] as const;
export type Right = (typeof rights)[number];

/** Who takes part in a game day, and what they may do. */
export interface Role {
  /** Each role has its own link. */
  readonly name: string;
  /**
   * `decide`: answer go/no-go points. `stop`: revert all faults and end the day. `note`: add notes.
   */
  readonly may: readonly Right[];
}

/** One experiment of a game day. People decide before it starts. */
export interface GameDayStep {
  /**
   * A name from `experiments/`, or a path that begins with a dot, relative to the game day's file.
   */
  readonly experiment: string;
  /** Shown to people before they decide: what to watch, whom to inform. */
  readonly brief?: string;
  /** One of the target's topologies; by default, that of the experiment. */
  readonly topology?: string;
  /** Defences that are switched off in this step. */
  readonly without?: readonly string[];
  /** The expected verdict; a control must be refuted. `held` by default. */
  readonly expect?: "held" | "refuted";
  /** Overrides the day's own limit, in ms. */
  readonly waitMsMax?: number;
  /**
   * A second go/no-go point, with the target up under its everyday load. No answer is a no-go here,
   * too.
   */
  readonly hold?: {
    /** The longest wait for an answer, in ms. */
    readonly waitMsMax: number;
  };
}

/** A day of experiments that people conduct together. `seawall gameday FILE` runs it. */
export interface GameDay {
  /** Lower-case words joined by hyphens. */
  readonly name: string;
  /** One line for the page and the report. */
  readonly title: string;
  /** The question that the day is meant to answer. */
  readonly purpose: string;
  /** By default, a conductor (all permissions) and an observer (notes only). */
  readonly roles?: readonly Role[];
  /**
   * Time limit of a go/no-go point in ms. Without an answer it is a no-go, and the step is skipped.
   */
  readonly waitMsMax: number;
  /** In this order; at least one. */
  readonly steps: readonly GameDayStep[];
}

export const usualRoles: readonly Role[] = [
  { name: "conductor", may: ["decide", "stop", "note"] },
  { name: "observer", may: ["note"] },
];

/**
 * Gives a game day's file its static type. It validates nothing: `seawall gameday` reports all
 * problems at once before the day begins.
 */
export function defineGameDay(day: GameDay): GameDay {
  return day;
}
