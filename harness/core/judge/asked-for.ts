/**
 * Whether viewers asked for what the clock makes. Whoever asks for what caches have had for long,
 * for one rendition of several, or at one edge of several, makes another storm than the planned
 * one. Of lanes whose viewers draw what they ask for as the prober does (`core/probe-wish.ts`).
 */
import { numbersKept, readPrint } from "../body.ts";
import {
  livePatienceMs,
  newestDue,
  pastFromSegments,
  pastPatienceMs,
  renditionShares,
} from "../probe-wish.ts";
import type { Finding, Run, SeriesData } from "../run.ts";
import { eachIn, matching, type Window } from "../series.ts";
import { chanceBeyond } from "../statistics.ts";
import type { Stream } from "../target.ts";
import { answer } from "./answer.ts";
import { isAskedAlike, isAskedEvenly } from "./asked-alike.ts";
import { spanOf } from "./gaps.ts";
import type { Windows } from "./windows.ts";

const title = "Viewers asked for what the clock makes";

/** Of the looks of viewers: a stalled generator may note a few of them late. */
const strayShareMax = 0.01,
  straysMin = 3;
/** Of viewers of the past, so many are needed to tell that one number is asked for again and again. */
const looksMin = 20,
  numbersMin = 8,
  sameShareMax = 0.5;
/**
 * Of the nearer half of the past, in the baseline: half of all, less those that are not served, and
 * more than waits make older.
 */
const nearerShareMax = 0.65;
/** Of the numbers at which both looked; a copy may be replaced between two looks. */
const otherShareMax = 0.2,
  othersMin = 3;
/** Chance that a run whose viewers draw as planned is doubted, shared out among all that is compared. */
const doubtedChanceMax = 1e-4;

export function viewersAskedByTheClock(run: Run, windows: Windows): Finding {
  const { stream } = run.plan;
  const span = spanOf(windows);
  const lanes = Object.keys(run.plan.askedAlike ?? {}).filter((lane) =>
    isAskedAlike(run.plan, lane),
  );
  const looks = lanes.flatMap((lane) =>
    matching(run.series, { metric: "body_seen", where: { lane, by: "viewer" } }),
  );
  const problems =
    stream === undefined || span === null
      ? []
      : lanes.flatMap((lane) => [
          ...numberProblems(run, stream, lane, span, windows.baseline),
          ...drawProblems(run, stream, lane, windows),
        ]);
  if (stream !== undefined) problems.push(...otherBytes(run, lanes));
  const counted = looks.reduce((total, { values }) => total + values.length, 0);
  return answer(
    "generator.asked",
    title,
    problems.length === 0 ? null : problems.join("; "),
    counted,
    undefined,
    counted === 0 ? "nobody noted what was asked for" : `${counted} requests looked at`,
  );
}

/** How old, in segments, what viewers of a lane ask for is at least and at most when they have it. */
function agesOf(lane: string, { segmentMs, dvrSegments }: Stream): readonly [number, number] {
  const within = (patienceMs: number): number => Math.ceil(patienceMs / segmentMs) + 1;
  return lane === "live"
    ? [0, within(livePatienceMs)]
    : [pastFromSegments, Math.max(pastFromSegments, dvrSegments - 1) + within(pastPatienceMs)];
}

function numberProblems(
  run: Run,
  stream: Stream,
  lane: string,
  span: Window,
  baseline: Window | undefined,
): string[] {
  const [least, most] = agesOf(lane, stream);
  const counts = new Map<number, number>();
  let [all, strays, oldest] = [0, 0, 0];
  const series = matching(run.series, { metric: "body_seen", where: { lane, by: "viewer" } });
  eachIn(series, span, (print, atMs) => {
    const { number } = readPrint(print);
    const age = modulo(newestDue(stream, atMs) - number);
    all++;
    counts.set(number, (counts.get(number) ?? 0) + 1);
    if (age >= least && age <= most) return;
    strays++;
    oldest = Math.max(oldest, age);
  });
  const problems: string[] = [];
  if (strays >= straysMin && strays > strayShareMax * all)
    problems.push(
      `${strays} of ${all} viewers of ${lane} asked for another segment than the clock makes: it is ${least} to ${most} segments old, and theirs up to ${oldest}`,
    );
  const values = Math.max(1, stream.dvrSegments - pastFromSegments);
  if (lane === "live" || values < numbersMin || all < looksMin) return problems;
  const again = [...counts.values()].reduce((a, b) => Math.max(a, b), 0);
  if (again > sameShareMax * all)
    problems.push(`${again} of ${all} viewers of ${lane} asked for one and the same segment`);
  let [early, near] = [0, 0];
  eachIn(series, baseline ?? span, (print, atMs) => {
    early++;
    if (modulo(newestDue(stream, atMs) - readPrint(print).number) < least + values / 2) near++;
  });
  if (near > nearerShareMax * early && chanceBeyond(near, early, 0.5) < doubtedChanceMax)
    problems.push(
      `baseline: ${near} of ${early} viewers of ${lane} asked for the nearer half of what is kept`,
    );
  return problems;
}

/** Prints keep numbers modulo so many. */
function modulo(number: number): number {
  return ((number % numbersKept) + numbersKept) % numbersKept;
}

/** Each rendition and each home is drawn; a target has no say in it. */
function drawProblems(run: Run, stream: Stream, lane: string, windows: Windows): string[] {
  const metric = run.plan.harm?.metric ?? "";
  const own = matching(run.series, { metric, where: { lane } });
  const homes = new Map(run.plan.edges.map((edge) => [edge, 1 / run.plan.edges.length]));
  const draws: readonly Drawn[] = [
    { tag: "rendition", shares: renditionShares(stream) },
    ...(isAskedEvenly(run.plan, lane) ? [{ tag: "home", shares: homes }] : []),
  ];
  const compared = draws.reduce((total, { shares }) => total + shares.size, 0);
  const chanceMax = doubtedChanceMax / Math.max(1, compared * Object.keys(windows).length);
  return draws.flatMap(({ tag, shares }) =>
    Object.entries(windows).flatMap(([phase, window]) => {
      const counts = countsOf(own, tag, window);
      const all = [...counts.values()].reduce((a, b) => a + b, 0);
      const odd = [...shares].filter(
        ([value, share]) => chanceBeyond(counts.get(value) ?? 0, all, share) < chanceMax,
      );
      return odd.map(
        ([value, share]) =>
          `${phase}: ${counts.get(value) ?? 0} of ${all} viewers of ${lane} have the ${tag} ${value}, which is drawn for ${Math.round(share * all)}`,
      );
    }),
  );
}

interface Drawn {
  readonly tag: string;
  readonly shares: ReadonlyMap<string, number>;
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
 * The bytes of one number at one edge, as viewers and the prober got them. Old segments that are
 * asked for under new numbers have another print than the prober's.
 */
function otherBytes(run: Run, lanes: readonly string[]): string[] {
  const seen = (by: string): ReadonlyMap<string, ReadonlySet<number>> => {
    const digests = new Map<string, Set<number>>();
    for (const { tags, values } of matching(run.series, { metric: "body_seen", where: { by } })) {
      if (tags["problem"] !== "none" || !lanes.includes(tags["lane"] ?? "")) continue;
      for (const value of values) {
        const { number, digest } = readPrint(value);
        const key = `${tags["edge"]} ${tags["rendition"]} ${number}`;
        digests.set(key, (digests.get(key) ?? new Set()).add(digest));
      }
    }
    return digests;
  };
  const [viewers, prober] = [seen("viewer"), seen("prober")];
  const both = [...prober.keys()].filter((key) => viewers.has(key));
  const apart = both.filter((key) =>
    [...(prober.get(key) ?? [])].every((digest) => viewers.get(key)?.has(digest) !== true),
  );
  return apart.length < othersMin || apart.length <= otherShareMax * both.length
    ? []
    : [
        `of ${both.length} segments at which viewers and the prober looked at one edge, ${apart.length} were other bytes for the one than for the other`,
      ];
}
