/**
 * Accounts for each iteration of a load, whatever the workload itself records: that it began, when,
 * and how it ended. The script that the harness writes for k6 wraps every load's function in it.
 */
import exec from "k6/execution";
import { Trend } from "k6/metrics";

/** How long after its scenario an iteration began, in ms: one sample for each that begins. */
const begun = new Trend("iteration_begun", true);
/** One sample for each iteration that ended: 0 when it came to its end, 1 when it threw. */
const ended = new Trend("iteration_ended");

/** `at`: which of the setups' data is its own. */
export function accounted(
  run: (data: unknown) => unknown,
  at: number,
): (data?: readonly unknown[]) => unknown {
  return (data) => {
    // A virtual user runs one iteration at a time: with its number, each sample is known to be of
    // that iteration.
    exec.vu.metrics.metadata["vu"] = String(exec.vu.idInTest);
    begun.add(Date.now() - exec.scenario.startTime);
    let result: unknown;
    try {
      result = run(data?.[at]);
    } catch (error) {
      ended.add(1);
      throw error;
    }
    if (result instanceof Promise) return result.then(() => ended.add(0), threw);
    ended.add(0);
    return undefined;
  };
}

function threw(error: unknown): never {
  ended.add(1);
  throw error;
}
