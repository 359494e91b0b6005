/** A problem that `plan` has with an experiment: a line for its author, and what it is about. */
import { claimId } from "../../record/claim-ids.ts";

export interface PlanProblem {
  /** Begins the line: `claim "Served"`, `load live`, `recovery`. Empty for none. */
  readonly where: string;
  readonly text: string;
  /**
   * What it makes no sense to look at any further: a claim or a recovery by its id, or the load and
   * the phases, without which no record can be made up. Null for nothing of that.
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

/** Whether something is wrong with a claim or a recovery already. */
export function isSpoilt(named: Claimed, problems: readonly PlanProblem[]): boolean {
  const id = claimId(named);
  return problems.some(({ spoils }) => typeof spoils === "object" && spoils?.id === id);
}
