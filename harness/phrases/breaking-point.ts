/** The phrases of a step of the breaking-point search. */

/** Why the step says nothing about the target: the instruments failed. */
export function gaveOut({ title, why }: { readonly title: string; readonly why: string }): string {
  return `"${title}" could not be shown: ${why}`;
}
