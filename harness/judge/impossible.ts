/**
 * Impossible samples: negative durations, values that are not numbers, and repeated samples.
 * (`record-fits.ts` checks their times.)
 */
import { type Metric, metricIn, sourceIn } from "../metrics/metrics.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import { firstOf } from "./answer.ts";
import { inTime } from "./in-time.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching } from "../metrics/series.ts";
import { isVirtual } from "../record/substrates.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";

/** A workload's clock has a resolution of 1 ms, so a duration may appear up to 1 ms below zero. */
const roundedMs = 1;
/**
 * The fraction of a series' samples that may repeat another to the microsecond. At 1 000 samples
 * per second and durations of 20 distinct milliseconds, it is 0.005 %.
 */
const repeatedShareMax = 0.01;
const repeatedMin = 5;
/** The greatest number of samples of one microsecond that are compared with each other. */
const neighboursMax = 64;

type Impossible = FactOf<"record.possible">;
/** A problem of one series; the caller adds its name. */
type Problem =
  | { readonly fact: "no-number" }
  | { readonly fact: "other-kind"; readonly kind: string; readonly wanted: string }
  | { readonly fact: "negative"; readonly value: number }
  | { readonly fact: "repeated"; readonly repeated: number; readonly samples: number };

export function impossibleProblems(run: Run): Impossible[] {
  const problems = run.series.flatMap((series): Impossible[] => {
    const problem =
      kindProblem(run, series) ??
      valueProblem(series) ??
      (sourceIn(run.plan.metrics, series.metric) === "generator" && !isVirtual(run.plan.substrate)
        ? repeatProblem(series)
        : null);
    const source = Object.values(series.tags).join(", ") || "the run";
    return problem === null ? [] : [{ ...problem, metric: series.metric, source }];
  });
  problems.push(...answerProblems(run));
  return firstOf(problems, 3);
}

/** For the last milliseconds of a run. */
const answersMissingMax = 2;

/**
 * A user who received a complete body was answered with 200. So there are at least as many such
 * answers as bodies, per class and entry. In virtual time, not every model records requests.
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

/** Only what emits a metric knows its kind: samples of another kind come from elsewhere. */
function kindProblem({ plan }: Run, { metric, kind }: SeriesData): Problem | null {
  const wanted = metricIn(plan.metrics, metric)?.kind ?? kind;
  return wanted === kind ? null : { fact: "other-kind", kind, wanted };
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
 * Virtual time jumps, so events that depend only on time coincide there. Only neighbours in time
 * can be equal, and those are neighbours, or nearly so, in the record.
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
