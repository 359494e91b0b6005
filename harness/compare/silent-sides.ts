/** Sides without any result although the baseline held: the loss of all results is worse. */
import type { JudgedRun } from "./comparable.ts";
import { sideName } from "./comparable.ts";

/** One sentence per such side. The first side is the baseline. */
export function silentSides(sides: readonly (readonly JudgedRun[])[]): string[] {
  const [baseline = [], ...others] = sides;
  const heldThere = baseline.some(({ verdict }) => verdict.status === "held");
  if (!heldThere) return [];
  return others.flatMap((side, index) =>
    side.every(isInconclusive)
      ? [
          `${sideName(index + 1)} is inconclusive for every claim, and ${sideName(0)} held: ` +
            "that is worse, not unknown",
        ]
      : [],
  );
}

/** A run without any held or refuted claim. */
function isInconclusive({ verdict }: JudgedRun): boolean {
  return verdict.findings.every(
    ({ kind, status }) => kind === "evidence" || status === "inconclusive",
  );
}
