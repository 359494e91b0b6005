/**
 * Samples that cannot be: waits below zero, values that are no number, the same sample again and
 * again. (`record-fits.ts` looks at their times.)
 */
import { type Metric, sourceIn } from "../metrics/metrics.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching } from "../metrics/series.ts";
import { isVirtual } from "../record/substrates.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";

/**
 * The clock of a workload tells whole milliseconds, so that a wait may seem shorter than none by
 * less than one.
 */
const roundedMs = 1;
/**
 * Of one series, the share of samples that may repeat another to the microsecond: at 1000 samples a
 * second and waits of 20 different milliseconds it is 0.005 %.
 */
const repeatedShareMax = 0.01;
const repeatedMin = 5;
/** Samples of one microsecond that are compared with one another, at most. */
const neighboursMax = 64;
/** Steps for each sample beyond which a record is sorted in another way. */
const stepsMax = 50;

type Impossible = FactOf<"record.possible">;
/** Of one series, which is named afterwards. */
type Problem =
  | { readonly fact: "no-number" }
  | { readonly fact: "negative"; readonly value: number }
  | { readonly fact: "repeated"; readonly repeated: number; readonly samples: number };

export function impossibleProblems(run: Run): Impossible[] {
  const problems = run.series.flatMap((series): Impossible[] => {
    const problem =
      valueProblem(series) ??
      (sourceIn(run.plan.metrics, series.metric) === "generator" && !isVirtual(run.plan.substrate)
        ? repeatProblem(series)
        : null);
    const source = Object.values(series.tags).join(", ") || "the run";
    return problem === null ? [] : [{ ...problem, metric: series.metric, source }];
  });
  problems.push(...answerProblems(run));
  return problems.length <= 3
    ? problems
    : [...problems.slice(0, 3), { fact: "more", problems: problems.length - 3 }];
}

/** On the last milliseconds of a run. */
const answersMissingMax = 2;

/**
 * Whoever was given something whole was answered with 200: there are as many such answers as
 * things, of the same class and entry. In virtual time not every model keeps requests.
 */
function answerProblems(run: Run): Impossible[] {
  if (isVirtual(run.plan.substrate)) return [];
  return Object.entries(run.plan.metrics).flatMap(([metric, { answered }]) =>
    answered === undefined ? [] : unansweredOf(run, metric, answered),
  );
}

function unansweredOf(
  { plan, series }: Run,
  given: string,
  { outcomes, workloads }: NonNullable<Metric["answered"]>,
): Impossible[] {
  const lanes = [...new Set(plan.load.map(({ lane }) => lane))].filter((lane) =>
    plan.load.every((load) => load.lane !== lane || workloads.includes(load.workload)),
  );
  const counted = (
    metric: string,
    lane: string,
    isMeant: (tags: Tags) => boolean,
  ): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { tags, values } of matching(series, { metric, where: { lane } })) {
      if (isMeant(tags))
        counts.set(tags[entryTag] ?? "", (counts.get(tags[entryTag] ?? "") ?? 0) + values.length);
    }
    return counts;
  };
  return lanes.flatMap((lane) => {
    const answers = counted("http_req_ms", lane, ({ status }) => status === "200");
    return [...counted(given, lane, ({ outcome = "" }) => outcomes.includes(outcome))].flatMap(
      ([entry, got]): Impossible[] => {
        const replies = answers.get(entry) ?? 0;
        return got <= replies + answersMissingMax
          ? []
          : [
              {
                fact: "unanswered",
                lane,
                service: entry || "nowhere",
                given: got,
                answers: replies,
              },
            ];
      },
    );
  });
}

function valueProblem({ kind, values, atMs }: SeriesData): Problem | null {
  const negativeToo = kind === "gauge" || kind === "event";
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!Number.isFinite(value) || !Number.isFinite(atMs[index] as number))
      return { fact: "no-number" };
    if (value <= -roundedMs && !negativeToo) return { fact: "negative", value };
  }
  return null;
}

/**
 * Virtual time jumps, so that what depends on nothing but time does happen at once there. Only
 * neighbours in time can be alike, and those are neighbours in the record or nearly so.
 */
function repeatProblem({ kind, values, atMs }: SeriesData): Problem | null {
  if (kind !== "duration") return null;
  const order = inTime(atMs);
  let repeated = 0;
  for (let index = 1; index < order.length; index++) {
    const here = order[index] as number;
    for (
      let back = index - 1;
      back >= Math.max(0, index - neighboursMax) && atMs[order[back] as number] === atMs[here];
      back--
    ) {
      if (values[order[back] as number] !== values[here]) continue;
      repeated++;
      break;
    }
  }
  return repeated > Math.max(repeatedMin, repeatedShareMax * values.length)
    ? { fact: "repeated", repeated, samples: values.length }
    : null;
}

/**
 * Indices in the order of time. The record is nearly in that order, so each finds its place after a
 * few steps.
 */
function inTime(atMs: Float64Array): Uint32Array {
  const order = new Uint32Array(atMs.length);
  let steps = 0;
  for (let index = 0; index < atMs.length; index++) {
    let place = index;
    for (
      ;
      place > 0 && (atMs[order[place - 1] as number] as number) > (atMs[index] as number);
      place--, steps++
    )
      order[place] = order[place - 1] as number;
    order[place] = index;
    if (steps > stepsMax * atMs.length)
      return Uint32Array.from(atMs.keys()).sort(
        (a, b) => (atMs[a] as number) - (atMs[b] as number),
      );
  }
  return order;
}
