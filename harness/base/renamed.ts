/**
 * Names of earlier versions, and today's. Records of those versions contain them, and files of
 * users may.
 */

export const renamed = {
  edge: "entry",
  edges: "entries",
  viewer: "user",
  viewers: "users",
  stream: "content",
} as const;

const today: ReadonlyMap<string, string> = new Map(Object.entries(renamed));

/** Today's name of something, if it is one of these; otherwise null. */
export function todaysName(name: string, known: readonly string[]): string | null {
  const now = today.get(name);
  return now !== undefined && known.includes(now) ? now : null;
}
