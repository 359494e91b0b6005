/**
 * Identity of claims and recoveries in findings, comparisons and indexes, independent of their
 * titles.
 */

/** A claim or a recovery: the id of its findings, and the title for users. */
export interface NamedClaim {
  readonly id: string;
  readonly title: string;
}

interface Named {
  readonly id?: string | undefined;
  readonly title: string;
}

/** Its own id, or its title in lower-case words joined by hyphens. */
export function claimId({ id, title }: Named): string {
  return id ?? (title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["untitled"]).join("-");
}

/**
 * Returns the key under which findings of several records belong to the same claim. Older records
 * have no claim ids: they derive the id from the title, and match the claim that has this title
 * today.
 */
export function sameClaims(all: Iterable<NamedClaim>): (one: NamedClaim) => string {
  const own = new Map<string, string>();
  for (const one of all) if (one.id !== fromTitle(one)) own.set(fromTitle(one), one.id);
  return (one) => own.get(one.id) ?? one.id;
}

function fromTitle({ id, title }: NamedClaim): string {
  return `${id.split(".", 1)[0]}.${claimId({ title })}`;
}

/** The id of a finding names its kind: `claim.live-is-served`. */
export function findingId(kind: "claim" | "recovery", named: Named): string {
  return `${kind}.${claimId(named)}`;
}
