/** The fields that claims of all statistics share. */
import type { Phase } from "../base/phases.ts";
import type { Selector } from "../metrics/samples.ts";

export type Comparison = "<" | "<=" | ">" | ">=" | "==";

export interface ClaimBase extends Selector {
  /**
   * Identifies the claim in findings, comparisons, the index and `reliesOn`, such as `live-served`.
   * Defaults to the title in lower-case words joined by hyphens, so a changed title is a new claim.
   */
  readonly id?: string | undefined;
  /** One sentence that is true when the claim holds. */
  readonly title: string;
  /** How the observed value must relate to the limit. */
  readonly comparison: Comparison;
  /**
   * A number in the unit of the statistic; a share is a fraction 0…1. Or
   * `{ of: "baseline", times: 1.5 }`: so many times the same statistic in another phase.
   */
  readonly limit: number | { readonly of: Phase; readonly times: number };
  /** The phases in which the claim is judged, each separately. */
  readonly during: readonly Phase[];
  /**
   * A phase with fewer samples makes the finding inconclusive; 1 is always required. `plan` refuses
   * more than the load can yield.
   */
  readonly samplesMin: number;
  /** Shown after the number: `ms`, `/s`. Without it, a share is shown in percent. */
  readonly unit?: string | undefined;
}
