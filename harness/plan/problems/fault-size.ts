/**
 * The smallest fault that its proof can tell from none. Smaller ones are refused with both numbers:
 * they would land on paper, and strike nobody. How long any fault lasts at least stands here; what
 * else one needs at least, its own folder says.
 */
import type { Step } from "../../experiment/experiment.ts";
import { kindOf } from "../../faults/faults.ts";
import type { Paced } from "../../target/rhythm.ts";

/** Looks at a fault in force are a second apart: it is seen at least twice after its proof. */
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
