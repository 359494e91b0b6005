/**
 * Checks that users requested what the clock prescribes. Requests for long-cached content, for one
 * variant of several, or at one entry of several make a different storm from the planned one. The
 * plan records what each class draws, where it draws as the prober does.
 */
import { chanceBeyond } from "../base/statistics.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { eachIn, matching, type Window } from "../metrics/series.ts";
import type { Plan } from "../record/plan.ts";
import type { Run } from "../record/run.ts";
import type { FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import { numbersKept, readPrint } from "../metrics/print.ts";
import { rhythmMsOf } from "../target/rhythm.ts";
import type { Wishes } from "../target/wishes.ts";
import { answer } from "./answer.ts";
import { spanOf } from "./gaps.ts";
import type { Windows } from "./windows.ts";

type Asked = FactOf<"generator.asked">;

/**
 * As a fraction of users who report what they received. A stalled generator may report a few of
 * them late.
 */
const strayShareMax = 0.01,
  straysMin = 3;
/**
 * A uniform draw from this many moments, with this many observations, shows whether one moment
 * repeats too often.
 */
const looksMin = 20,
  momentsMin = 8,
  sameShareMax = 0.5;
/**
 * Share of requests in the nearer half of the past, in the baseline. Expected is one half, minus
 * unserved requests, plus those that waiting makes older.
 */
const nearerShareMax = 0.65;
/**
 * As a fraction of the numbers that both observed. A copy may be replaced between two observations.
 */
const otherShareMax = 0.2,
  othersMin = 3;
/** The chance that a run whose users draw as planned is doubted, divided among all comparisons. */
const doubtedChanceMax = 1e-4;

/** Returns no finding for an older record, whose plan does not contain what its users draw. */
export function requestsFollowClock(run: Run, windows: Windows): readonly Judged[] {
  const { wishes } = run.plan;
  const span = spanOf(windows);
  if (wishes === undefined || span === null) return [];
  const lanes = Object.keys(wishes);
  const problems: Asked[] = [
    ...Object.entries(wishes).flatMap(([lane, own]) => [
      ...numberProblems(run, own, lane, span, windows.baseline ?? span),
      ...drawProblems(run, own, lane, windows),
    ]),
    ...otherBytes(run, lanes),
  ];
  const looks = lanes.flatMap((lane) => looksOf(run, lane));
  const counted = looks.reduce((total, { values }) => total + values.length, 0);
  const remarks: readonly Asked[] = [
    counted === 0 ? { fact: "none-noted" } : { fact: "noted", looks: counted },
  ];
  return [answer("generator.asked", problems, { samples: counted, remarks })];
}

function looksOf(run: Run, lane: string): readonly SeriesData[] {
  return matching(run.series, {
    metric: run.plan.bodies?.looks ?? "",
    where: { lane, by: "user" },
  });
}

/** The age in periods at that moment, relative to the newest. Prints keep numbers modulo 4 096. */
function ageOf(plan: Plan, atMs: number, number: number): number {
  const newest = Math.floor((atMs - (plan.rhythm?.zeroMs ?? 0)) / rhythmMsOf(plan)) - 1;
  return (((newest - number) % numbersKept) + numbersKept) % numbersKept;
}

function numberProblems(
  run: Run,
  { ages: [least, most], moments }: Wishes,
  lane: string,
  span: Window,
  baseline: Window,
): Asked[] {
  const looks = looksOf(run, lane);
  const { plan } = run;
  const counts = new Map<number, number>();
  let [all, strays, oldest] = [0, 0, 0];
  eachIn(looks, span, (print, atMs) => {
    const { number } = readPrint(print);
    const age = ageOf(plan, atMs, number);
    all++;
    counts.set(number, (counts.get(number) ?? 0) + 1);
    if (age >= least && age <= most) return;
    strays++;
    oldest = Math.max(oldest, age);
  });
  const problems: Asked[] = [];
  if (strays >= straysMin && strays > strayShareMax * all)
    problems.push({
      fact: "stale",
      lane,
      stale: strays,
      looks: all,
      leastAge: least,
      mostAge: most,
      oldestAge: oldest,
    });
  if (moments < momentsMin || all < looksMin) return problems;
  const again = [...counts.values()].reduce((a, b) => Math.max(a, b), 0);
  if (again > sameShareMax * all)
    problems.push({ fact: "same-moment", lane, same: again, looks: all });
  let [early, near] = [0, 0];
  eachIn(looks, baseline, (print, atMs) => {
    early++;
    if (ageOf(plan, atMs, readPrint(print).number) < least + moments / 2) near++;
  });
  if (near > nearerShareMax * early && chanceBeyond(near, early, 0.5) < doubtedChanceMax)
    problems.push({ fact: "nearer-half", lane, phase: "baseline", near, looks: early });
  return problems;
}

function drawProblems(
  { plan, series }: Run,
  { draws }: Wishes,
  lane: string,
  windows: Windows,
): Asked[] {
  const own = matching(series, { metric: plan.harm?.metric ?? "", where: { lane } });
  const phases = Object.entries(windows);
  const compared = Object.values(draws).reduce(
    (total, shares) => total + Object.keys(shares).length,
    0,
  );
  const chanceMax = doubtedChanceMax / Math.max(1, compared * phases.length);
  return Object.entries(draws).flatMap(([tag, shares]) =>
    phases.flatMap(([phase, window]) => {
      const counts = countsOf(own, tag, window);
      const all = [...counts.values()].reduce((a, b) => a + b, 0);
      return Object.entries(shares)
        .filter(([value, share]) => chanceBeyond(counts.get(value) ?? 0, all, share) < chanceMax)
        .map(
          ([value, share]): Asked => ({
            fact: "other-draw",
            lane,
            phase,
            tag,
            value,
            count: counts.get(value) ?? 0,
            looks: all,
            expected: Math.round(share * all),
          }),
        );
    }),
  );
}

function countsOf(
  series: readonly SeriesData[],
  tag: string,
  window: Window,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  eachIn(series, window, (_value, _startedMs, tags) => {
    const value = tags[tag];
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  });
  return counts;
}

/**
 * Compares the bytes of one number at one entry, as users and the prober received them. Old content
 * under a new number has a different print from the prober's.
 */
function otherBytes(run: Run, lanes: readonly string[]): Asked[] {
  const seen = (by: string): ReadonlyMap<string, ReadonlySet<number>> => {
    const digests = new Map<string, Set<number>>();
    for (const { tags, values } of matching(run.series, {
      metric: run.plan.bodies?.looks ?? "",
      where: { by },
    })) {
      const { lane = "", problem, container: _, load: __, by: ___, ...where } = tags;
      if (problem !== "none" || !lanes.includes(lane)) continue;
      const of = Object.values(where).sort().join(" ");
      for (const value of values) {
        const { number, digest } = readPrint(value);
        const key = `${of} ${number}`;
        digests.set(key, (digests.get(key) ?? new Set()).add(digest));
      }
    }
    return digests;
  };
  const [users, prober] = [seen("user"), seen("prober")];
  const both = [...prober.keys()].filter((key) => users.has(key));
  const apart = both.filter((key) =>
    [...(prober.get(key) ?? [])].every((digest) => users.get(key)?.has(digest) !== true),
  );
  return apart.length < othersMin || apart.length <= otherShareMax * both.length
    ? []
    : [{ fact: "other-bytes", apart: apart.length, compared: both.length }];
}
