/** A problem of an experiment: a line for its author, and the part that it concerns. */
import { claimId } from "../../record/claim-ids.ts";

export interface PlanProblem {
  /** The start of the line: `claim "Served"`, `load live`, `recovery`. Empty for none. */
  readonly where: string;
  readonly text: string;
  /**
   * What must not be examined further: a claim or a recovery by its id. `world` means load and
   * phases, without which no record can be made up. Null for neither.
   */
  readonly spoils: { readonly id: string } | "world" | null;
}

type Claimed = Parameters<typeof claimId>[0];

export function lineOf({ where, text }: PlanProblem): string {
  return where === "" ? text : `${where}: ${text}`;
}

export function ofClaim(claim: Claimed, text: string): PlanProblem {
  return { where: `claim "${claim.title}"`, text, spoils: { id: claimId(claim) } };
}

export function ofAbort(unless: Claimed, text: string): PlanProblem {
  return { where: `abortWhen "${unless.title}"`, text, spoils: { id: claimId(unless) } };
}

export function ofRecovery(recovery: Claimed | null, text: string): PlanProblem {
  const spoils = recovery === null ? null : { id: claimId(recovery) };
  return { where: "recovery", text, spoils };
}

/** `load live`, `phase fault`, `players`. */
export function ofWorld(where: string, text: string): PlanProblem {
  return { where, text, spoils: "world" };
}

export function general(text: string): PlanProblem {
  return { where: "", text, spoils: null };
}

/** Whether a claim or a recovery already has a problem. */
export function isSpoilt(named: Claimed, problems: readonly PlanProblem[]): boolean {
  const id = claimId(named);
  return problems.some(({ spoils }) => typeof spoils === "object" && spoils?.id === id);
}
