/**
 * Records each iteration of a load, independent of the workload's own samples: that it began, when,
 * and how it ended. The script that the harness writes for k6 wraps every load's function in this.
 */
import "./trace-context.ts";
import exec from "k6/execution";
import { Trend } from "k6/metrics";

/**
 * Time in ms between the start of the scenario and the start of the iteration; one sample per
 * started iteration. For a replayed trace, how late the iteration is.
 */
const begun = new Trend("iteration_begun", true);
/** One sample per ended iteration: 0 for a normal end, 1 for an exception. */
const ended = new Trend("iteration_ended");

/**
 * `at`: the index of the setup data of its own script. `lateMs`: how late the iteration is, where
 * its schedule is known here; the start since the scenario's otherwise.
 */
export function accounted(
  run: (data: unknown) => unknown,
  at: number,
  lateMs?: number,
): (data?: readonly unknown[]) => unknown {
  return (data) => {
    // A virtual user runs one iteration at a time, so its number assigns each sample to an
    // iteration.
    exec.vu.metrics.metadata["vu"] = String(exec.vu.idInTest);
    begun.add(lateMs ?? Date.now() - exec.scenario.startTime);
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
