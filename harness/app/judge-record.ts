/** Judges a record that was read from disk. */
import { SeawallError } from "../base/errors.ts";
import { judge } from "../judge/judge.ts";
import type { Run } from "../record/run.ts";
import type { Verdict } from "../record/verdict.ts";

/**
 * Events and plans are read as they are; one whose inner parts are not what they should be is a
 * broken record, not a defect.
 */
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
