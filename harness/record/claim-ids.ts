/** By what a claim and a recovery are known, whatever their titles say: in findings, comparisons and indexes. */

/** A claim or a recovery, by the id of its findings; its title is for people. */
export interface NamedClaim {
  readonly id: string;
  readonly title: string;
}

interface Named {
  readonly id?: string | undefined;
  readonly title: string;
}

/** Its own, or else its title in lower-case words joined by hyphens. */
export function claimId({ id, title }: Named): string {
  return id ?? (title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["untitled"]).join("-");
}

/** In a verdict an id says what it is of: `claim.live-is-served`. */
export function findingId(kind: "claim" | "recovery", named: Named): string {
  return `${kind}.${claimId(named)}`;
}
