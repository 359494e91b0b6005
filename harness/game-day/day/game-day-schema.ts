/**
 * The zod shape of a game day. It is checked at run time: the file is input, whatever its static
 * types.
 */
import { z } from "zod";
import { type GameDay, rights, usualRoles } from "./game-day.ts";

const word = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens");
const text = (max: number) =>
  z.string().trim().min(1, "must not be empty").max(max, `at most ${max} characters`);
/** Long enough to read the question, short enough that a forgotten day ends without a person. */
const waitMs = z
  .number()
  .min(1_000, "at least a second (1000)")
  .max(12 * 3_600_000, "at most twelve hours");

const step = z.strictObject({
  experiment: text(400),
  brief: text(1_000).optional(),
  topology: z.string().optional(),
  without: z.array(z.string()).optional(),
  expect: z.enum(["held", "refuted"]).optional(),
  waitMsMax: waitMs.optional(),
  hold: z
    .strictObject({ waitMsMax: waitMs.max(1_800_000, "at most half an hour, with load running") })
    .optional(),
});

const gameDay = z.strictObject({
  name: word,
  title: text(120),
  purpose: text(2_000),
  waitMsMax: waitMs,
  roles: z
    .array(z.strictObject({ name: word, may: z.array(z.enum(rights)) }))
    .min(1)
    .max(8)
    .optional(),
  steps: z.array(step).min(1, "a day needs at least one step").max(50),
});

/** All problems of the file, as `where: what`. */
export function gameDayProblems(value: unknown): string[] {
  const result = gameDay.safeParse(value);
  if (!result.success)
    return result.error.issues.map(
      (issue) => `${issue.path.length === 0 ? "game day" : issue.path.join(".")}: ${issue.message}`,
    );
  return roleProblems(value as GameDay);
}

function roleProblems({ roles = usualRoles }: GameDay): string[] {
  const names = roles.map((role) => role.name);
  const missingRight = (right: (typeof rights)[number], what: string): string[] =>
    roles.some((role) => role.may.includes(right)) ? [] : [`roles: no role may ${right}${what}`];
  return [
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `roles: "${name}" occurs twice`),
    ...missingRight("decide", ", so no step could run"),
    ...missingRight("stop", "; at least one role must"),
  ];
}
