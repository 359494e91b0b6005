/**
 * By what a claim and a recovery are known, whatever their titles say: in findings, comparisons and
 * indexes.
 */

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

/**
 * By what findings of several records are the same claim. In a record of before claims had ids of
 * their own, a claim's id is made from its title: it is the one that has this title today.
 */
export function sameClaims(all: Iterable<NamedClaim>): (one: NamedClaim) => string {
  const own = new Map<string, string>();
  for (const one of all) if (one.id !== fromTitle(one)) own.set(fromTitle(one), one.id);
  return (one) => own.get(one.id) ?? one.id;
}

function fromTitle({ id, title }: NamedClaim): string {
  return `${id.split(".", 1)[0]}.${claimId({ title })}`;
}

/** In a verdict an id says what it is of: `claim.live-is-served`. */
export function findingId(kind: "claim" | "recovery", named: Named): string {
  return `${kind}.${claimId(named)}`;
}
