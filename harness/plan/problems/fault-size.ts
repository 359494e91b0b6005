/**
 * The smallest fault that its proof can distinguish from none. Smaller ones are refused with both
 * numbers, because they would have no effect. The least duration of any fault is here; other minima
 * are in the fault's own folder.
 */
import type { Step } from "../../experiment/experiment.ts";
import { kindOf } from "../../faults/faults.ts";
import type { Paced } from "../../target/rhythm.ts";

/** Checks of a fault in force are 1 s apart, so it is observed at least twice after its proof. */
export const forMsMin = 2_000;
export function sizeProblems({ fault, forMs }: Step, layout: Paced): string[] {
  const { rhythm } = layout;
  const problems: string[] = [];
  if (kindOf(fault).lasts(fault)) {
    const lasting = `lasts ${forMs} ms`;
    if (forMs < forMsMin) {
      problems.push(`${lasting}: too short for two checks; the minimum is ${forMsMin} ms`);
    } else if (rhythm !== undefined && forMs < rhythm.ms) {
      const missed = "so most users never see it";
      problems.push(`${lasting}, less than one ${rhythm.name} of ${rhythm.ms} ms, ${missed}`);
    }
  }
  return [...problems, ...(kindOf(fault).sizeProblems?.(fault, forMs) ?? [])];
}
