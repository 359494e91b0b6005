/**
 * The token in the answer to a session step: a member of a JSON object, perhaps of an object in it,
 * such as `data.token`. Null if there is none. k6 scripts use it, too.
 */
export function tokenIn(text: string, path: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  for (const name of path.split("."))
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
  return typeof value === "string" && value !== "" ? value : null;
}
