/** Judges a record from disk. */
import { SeawallError } from "../base/errors.ts";
import { judge } from "../judge/judge.ts";
import type { Run } from "../record/run.ts";
import type { Verdict } from "../record/verdict.ts";

/** Events and plans are input: invalid inner parts mean a broken record, not a bug in Seawall. */
export function judgeRecord(record: Run): Verdict {
  try {
    return judge(record);
  } catch (error) {
    throw new SeawallError(
      "RUN_DIRECTORY_BROKEN",
      `the record in ${record.directory} cannot be judged: ${(error as Error).message}`,
      {
        cause: error,
        hint:
          "Its plan.json or events.ndjson was changed after the run or written by another " +
          "version. Run the experiment again.",
      },
    );
  }
}
