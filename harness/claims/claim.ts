/** What claims of every statistic have in common, and how samples are selected. */
import type { Phase } from "../base/phases.ts";
import type { Selector } from "../metrics/samples.ts";

export type Comparison = "<" | "<=" | ">" | ">=" | "==";

export interface ClaimBase extends Selector {
  /**
   * By which findings, comparisons, the index and `reliesOn` know it, such as `live-served`. Left
   * out: its title in lower-case words joined by hyphens, so that a new title is a new claim.
   */
  readonly id?: string | undefined;
  /** One sentence that is true when the claim holds. */
  readonly title: string;
  readonly comparison: Comparison;
  /** Absolute, or relative to the same statistic in another phase. */
  readonly limit: number | { readonly of: Phase; readonly times: number };
  readonly during: readonly Phase[];
  /** Fewer samples than this in a phase make the finding inconclusive. */
  readonly samplesMin: number;
  /** Shown after the number: `ms`, `/s`. */
  readonly unit?: string | undefined;
}
