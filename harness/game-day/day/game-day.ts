/**
 * A game day is data: experiments in an order, the points at which people say go or no-go, and who
 * may say what.
 */

/**
 * `decide`: answer go/no-go points. `stop`: heal everything and end the day. `note`: type into the
 * timeline.
 */
export const rights = ["decide", "stop", "note"] as const;
export type Right = (typeof rights)[number];

export interface Role {
  /** Each role gets a link of its own. */
  readonly name: string;
  readonly may: readonly Right[];
}

export interface GameDayStep {
  /**
   * A name from `experiments/`, or a path that begins with a dot, seen from the game day's own
   * file.
   */
  readonly experiment: string;
  /** What is said to people before they decide: what to watch, whom to tell. */
  readonly brief?: string;
  readonly topology?: string;
  /** Defences that are switched off in this step. */
  readonly without?: readonly string[];
  /** What the step is meant to show; a control is meant to be refuted. `held` unless said. */
  readonly expect?: "held" | "refuted";
  /** Instead of the day's own. */
  readonly waitMsMax?: number;
  /**
   * A second go/no-go point, with the target up and its everyday load running; nobody's answer is a
   * no-go here, too.
   */
  readonly hold?: { readonly waitMsMax: number };
}

export interface GameDay {
  readonly name: string;
  readonly title: string;
  /** What people want to know when the day is over. */
  readonly purpose: string;
  /** A conductor who may do everything and an observer who may note, unless said. */
  readonly roles?: readonly Role[];
  /**
   * How long a go/no-go point waits for an answer, in ms. One that nobody answers is a no-go: the
   * step is left out.
   */
  readonly waitMsMax: number;
  readonly steps: readonly GameDayStep[];
}

export const usualRoles: readonly Role[] = [
  { name: "conductor", may: ["decide", "stop", "note"] },
  { name: "observer", may: ["note"] },
];

/**
 * Gives a game day's file its type; all checking is done before the day begins, which reports every
 * problem at once.
 */
export function defineGameDay(day: GameDay): GameDay {
  return day;
}
