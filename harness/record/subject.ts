/** What was tested, in words that its user knows. */
import type { Plan } from "./plan.ts";

type Stated = { readonly [Key in "label" | "versionGiven" | "git"]?: Plan[Key] | undefined };

/** `cache off, version 1.5.0, main at 63f2cbd with changes`; null where its user said nothing. */
export function subjectOf({ label, versionGiven, git }: Stated): string | null {
  const parts = [
    label,
    versionGiven === undefined ? undefined : `version ${versionGiven}`,
    git === undefined ? undefined : commitText(git),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(", ");
}

function commitText({ commit, branch, changed }: NonNullable<Plan["git"]>): string {
  const short = commit.slice(0, 7);
  return `${branch === null ? short : `${branch} at ${short}`}${changed ? " with changes" : ""}`;
}
