/** Publication continues throughout, as each region's packagers report. */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { everyPhase } from "./live-served.ts";

export interface Publishing {
  /** The least number of publications of the region per phase. */
  readonly samplesMin: number;
  /**
   * The least share that is acknowledged within the 2 s of a packager's retries, 0…1. Default: all.
   */
  readonly ackedMin?: number;
  /**
   * The largest share that an origin refuses (429 or 5xx) at least once before it accepts it, 0…1.
   * Default: none.
   */
  readonly refusedMax?: number;
}

/**
 * Both claims for each region that publishes, from its packagers' reports, independent of the
 * origin's own outcome names.
 */
export function publications(regions: Readonly<Record<string, Publishing>>): readonly Claim[] {
  return Object.entries(regions).flatMap(
    ([region, { samplesMin, ackedMin = 1, refusedMax = 0 }]): Claim[] => {
      const published = {
        metric: "publish_ms",
        where: { region },
        statistic: "share",
        during: everyPhase,
        samplesMin,
      } as const;
      return [
        {
          ...published,
          id: `acknowledged-${region}`,
          title: `Publications of ${region} are acknowledged`,
          having: { outcome: "acked" },
          comparison: ackedMin === 1 ? "==" : ">=",
          limit: ackedMin,
        },
        {
          ...published,
          id: `not-refused-${region}`,
          title: `Publications of ${region} are never turned away`,
          having: { refused: "yes" },
          comparison: "<=",
          limit: refusedMax,
        },
      ];
    },
  );
}

/** The two regions of the topology `quick`, with the same limits. */
export function bothRegionsPublish(each: Publishing): readonly Claim[] {
  return publications({ "region-a": each, "region-b": each });
}
