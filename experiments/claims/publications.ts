/** Publishing goes on whatever happens: its packagers say so themselves, in each region. */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { everyPhase } from "./live-served.ts";

export interface Publishing {
  /** Publications of each phase that the region must have seen at least. */
  readonly samplesMin: number;
  /**
   * The least share that is acknowledged within the 2 s for which a packager tries, 0…1. Left out:
   * all.
   */
  readonly ackedMin?: number;
  /**
   * The greatest share that an origin turns away (429 or 5xx) at least once before it takes it,
   * 0…1. Left out: none.
   */
  readonly refusedMax?: number;
}

/**
 * Both sentences for each region that publishes, from what its packagers saw: what an origin calls
 * its answer does not matter.
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

/** The two regions of the topology `quick`, alike. */
export function bothRegionsPublish(each: Publishing): readonly Claim[] {
  return publications({ "region-a": each, "region-b": each });
}
