/**
 * Runs whose verdict a test checks. A busy machine makes a run inconclusive, never wrong, so such a
 * run is repeated. If it stays inconclusive, the test counts as skipped. On an idle machine, where
 * `.ci/run` sets SEAWALL_MUST_TELL, it counts as failed.
 */
import type { TestContext } from "vitest";
import { type Ended, outFolder, seawall } from "./seawall.ts";

const attemptsMax = 3;
const inconclusive = 2;

export interface Judged extends Ended {
  readonly out: ReturnType<typeof outFolder>;
}

/**
 * `argumentsOf` gets the folder for the run's record. Returns the first attempt that is not
 * inconclusive.
 */
export async function judged(
  test: Pick<TestContext, "skip">,
  argumentsOf: (folder: string) => readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Judged> {
  const doubts: string[] = [];
  let denied = 0;
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const out = outFolder();
    const ended = await seawall([...argumentsOf(out.path), "--out", out.path], env).ended;
    if (ended.exitCode !== inconclusive) return { ...ended, out };
    const { why, findings } = out.verdict();
    doubts.push(why);
    if (findings.some(({ subject, status }) => subject === "machine" && status !== "held"))
      denied++;
  }
  const why = `inconclusive in ${attemptsMax} attempts: ${doubts.join(" | ")}`;
  // A machine that loses processor time to others is not idle.
  if (process.env["SEAWALL_MUST_TELL"] === "1" && denied < attemptsMax) throw new Error(why);
  return test.skip(why);
}
