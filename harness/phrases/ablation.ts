/** The phrases of an ablation's complaints. */
import type { NamedClaim } from "../record/claim-ids.ts";

interface Cell {
  readonly experiment: string;
  /** The defence that was off; null if all were on. */
  readonly without: string | null;
  readonly why: string;
  readonly attempts: number;
  readonly refuted: readonly NamedClaim[];
  readonly expected: readonly NamedClaim[];
}

const control = ({ experiment, without }: Cell): string =>
  without === null ? experiment : `${experiment} without ${without}`;

const quoted = (claims: readonly NamedClaim[]): string =>
  claims.map(({ title }) => `"${title}"`).join(", ");

export const ablation = {
  notHeld: ({ experiment, why }: Cell): string =>
    `${experiment} does not hold with all defences: ${why}`,
  green: (cell: Cell): string => `${control(cell)} holds: it proves nothing about ${cell.without}`,
  otherClaim: (cell: Cell): string =>
    `${control(cell)} is refuted for ${quoted(cell.refuted)} instead of ` +
    `${quoted(cell.expected)}: it proves nothing about ${cell.without}`,
  undecided: (cell: Cell): string =>
    `${control(cell)} could not be judged ` +
    `${cell.attempts === 1 ? "when it was run" : `in any of ${cell.attempts} runs`}: ${cell.why}`,
  notRun: (cell: Cell): string => `${control(cell)} was not run: ${cell.why}`,
};

/** A defence that no experiment needs is useless, or was not tested hard enough. */
export function unneeded(defence: string): string {
  return (
    `no experiment needs ${defence}: add an experiment that is refuted without it, or ` +
    "remove the defence"
  );
}
