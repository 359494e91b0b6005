/** The words of a step of the search for the breaking point. */

/** Why the step says nothing of the target: the instruments gave out. */
export function gaveOut({ title, why }: { readonly title: string; readonly why: string }): string {
  return `"${title}" could not be shown: ${why}`;
}
