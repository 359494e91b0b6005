/**
 * `windowsWithout`: the number of windows of `windowMs` in which selected samples occur although
 * `first` has none. It checks the order of shedding. With `by`, each value of that tag is evaluated
 * separately.
 */
import { z } from "zod";
import type { Selector, SeriesData } from "../../metrics/samples.ts";
import { positiveMs, selector } from "../claim-shape.ts";
import { eachIn, matching, type Window } from "../../metrics/series.ts";
import { type ClaimOf, defineStatistic, inItsLane, isCounter, trusted } from "./statistic.ts";

const fields = {
  first: selector.describe("The samples that each window must have, too."),
  windowMs: positiveMs.describe("The length of a window in ms, no longer than the phase."),
  by: z.string().optional().describe("A tag: each of its values is judged by itself."),
};
type Order = ClaimOf<"windowsWithout", typeof fields>;

export const windowsWithout = defineStatistic({
  name: "windowsWithout",
  meaning: "windows of `windowMs` that have the selected samples and not `first`",
  fields,
  isOfCounters: true,
  readsValues: false,
  others: ({ first }) => [first],
  by: ({ by }) => by ?? null,
  // It counts only windows in which the lanes concerned were observed, so it needs all their
  // samples.
  watches: (claim) => [inItsLane(claim), inItsLane(claim.first)],
  samplesMost: ({ windowMs }, phaseMs) => Math.ceil(phaseMs / windowMs),
  lengthProblem: ({ windowMs }, phaseMs) =>
    windowMs > phaseMs ? `one window of ${windowMs} ms is longer than the phase` : null,
  observe: (claim, { all, window, dropped }) => trusted(...violations(claim, window, all), dropped),
});

/**
 * Returns the violations and the number of windows that can be judged. A window can be judged if
 * both metrics have samples in it in their lanes, whatever their other tags.
 */
function violations(claim: Order, window: Window, all: readonly SeriesData[]): [number, number] {
  const { by } = claim;
  if (by === undefined) return violationsIn(claim, window, all);
  const lane = matching(all, inItsLane(claim));
  const values = new Set(lane.flatMap((series) => series.tags[by] ?? []));
  const each = [...values].map((value) =>
    violationsIn(
      claim,
      window,
      all.filter((series) => series.tags[by] === value),
    ),
  );
  return [
    each.reduce((total, [count]) => total + count, 0),
    each.reduce((total, [, samples]) => total + samples, 0),
  ];
}

function violationsIn(claim: Order, window: Window, all: readonly SeriesData[]): [number, number] {
  const slotsOf = (chosen: Selector, counts: (value: number) => boolean): Set<number> => {
    const slots = new Set<number>();
    eachIn(matching(all, chosen), window, (value, startedMs) => {
      if (counts(value)) slots.add(Math.floor((startedMs - window.fromMs) / claim.windowMs));
    });
    return slots;
  };
  // A counter reading without growth is evidence that nothing happened.
  const happened = (chosen: Selector): Set<number> =>
    slotsOf(chosen, isCounter(matching(all, chosen)) ? (value) => value > 0 : () => true);
  const spokenOf = (chosen: Selector): Set<number> => slotsOf(inItsLane(chosen), () => true);
  const [earlier, ofFirst] = [happened(claim.first), spokenOf(claim.first)];
  return [
    [...happened(claim)].filter((index) => !earlier.has(index)).length,
    [...spokenOf(claim)].filter((index) => ofFirst.has(index)).length,
  ];
}
