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
   * Absolute, in the unit of the statistic; or `times` the same statistic in phase `of`. A share is
   * a fraction 0…1.
   */
  readonly limit: number | { readonly of: Phase; readonly times: number };
  /** The phases in which the claim is judged, each separately. */
  readonly during: readonly Phase[];
  /** A phase with fewer samples makes the finding inconclusive. At least 1 is always required. */
  readonly samplesMin: number;
  /** Unit shown after the number: `ms`, `/s`. */
  readonly unit?: string | undefined;
}
