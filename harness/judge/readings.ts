/**
 * A metric that claims rest on and that is read from outside, such as a counter or a log, must
 * have been read throughout. Events in a gap are missing from their phase, and half the requests
 * look like half the load.
 */
import type { Selector } from "../metrics/samples.ts";
import { type Metric, type Registry, sourceIn } from "../metrics/metrics.ts";
import type { FactOf } from "../record/facts.ts";
import { selectorsJudged } from "../record/metrics-asked.ts";
import type { Run } from "../record/run.ts";
import { struckBy } from "../record/struck.ts";
import { countIn, matching, type Window } from "../metrics/series.ts";
import type { Source } from "../metrics/source.ts";
import { longestGap } from "./gaps.ts";

/** Sources are read every 2 s; four missed readings hide too much of a phase. */
export const readingGapMaxMs = 10_000;

type ReadingFact = FactOf<"target.readings">;

export function readingProblems(run: Run, span: Window | null): ReadingFact[] {
  const asked = new Map(
    selectorsJudged(run.plan).map((selector) => [
      JSON.stringify([selector.metric, selector.where]),
      selector,
    ]),
  );
  const problems = [...asked.values()].flatMap((selector) => problemsOf(selector, run, span));
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function problemsOf(selector: Selector, run: Run, span: Window | null): ReadingFact[] {
  const { metric } = selector;
  const source = sourceIn(run.plan.metrics, metric);
  const reckoning = reckoningOf(metric, run.plan.metrics);
  if (reckoning !== undefined) return reckoningProblems(reckoning, run, span);
  if (source === "generator" || source === "player") return [];
  const { telemetry } = run.plan;
  if (telemetry === undefined) return [{ fact: "no-telemetry", metric }];
  const all = telemetry.filter(({ series }) => series.some((one) => one.metric === metric));
  // Of the harness's own series, only those of the target's services are listed.
  if (all.length === 0)
    return source === "harness" || source === "prober" ? [] : [{ fact: "no-source", metric }];
  const { where: required = {} } = selector;
  return all
    .filter(({ where }) =>
      Object.entries(where).every(
        ([tag, value]) => required[tag] === undefined || required[tag] === value,
      ),
    )
    .flatMap((one) => silenceOf(one, metric, run, span));
}

function silenceOf(
  { name, where, silencedBy, series }: Source,
  metric: string,
  run: Run,
  span: Window | null,
): ReadingFact[] {
  const excused = run.plan.steps.flatMap((_, index) =>
    struckBy(run.plan, index).services.some((service) => silencedBy.includes(service))
      ? [timeOf(run, index)]
      : [],
  );
  const gapMs = longestGap(matching(run.series, { metric, where }), span, excused);
  if (gapMs === null) return [{ fact: "never-read", metric, source: name }];
  // A value that is recorded once, such as a final reconciliation, has no rhythm.
  const isReading = series.some((one) => one.metric === metric && one.kind !== "event");
  return isReading && gapMs > readingGapMaxMs ? [{ fact: "gap", metric, source: name, gapMs }] : [];
}

interface Reckoning {
  /** The metric of the checked things. */
  readonly checked: string;
  readonly accounts: NonNullable<Metric["accounts"]>;
}

/** A claim on what could not be checked depends on the same reconciliation. */
function reckoningOf(metric: string, registry: Registry): Reckoning | undefined {
  return Object.entries(registry)
    .flatMap(([checked, { accounts }]) => (accounts === undefined ? [] : [{ checked, accounts }]))
    .find(({ checked, accounts }) => metric === checked || metric === accounts.unknown);
}

/** An unchecked thing may be wrong. */
function reckoningProblems(
  { checked: metric, accounts: { title: what, unknown, all } }: Reckoning,
  run: Run,
  span: Window | null,
): ReadingFact[] {
  if (span === null) return [];
  const within = (selector: Selector): number => countIn(matching(run.series, selector), span);
  const read = within({ metric });
  const unread = within({ metric: unknown });
  if (unread > 0) return [{ fact: "unread", what, unread, total: read + unread }];
  if (all === undefined) return [];
  // A thing that occurs twice is checked once. One in progress at a phase start is counted in the
  // other phase.
  const total = within(all);
  return read < 0.9 * total ? [{ fact: "few-read", what, read, total }] : [];
}

/** From the injection of a step until its heal; without an end if it never healed. */
function timeOf(run: Run, index: number): Window {
  const from = run.events.find(
    (event) => (event.kind === "injecting" || event.kind === "injected") && event.step === index,
  );
  const until = run.events.find((event) => event.kind === "healed" && event.step === index);
  return {
    fromMs: from?.atMs ?? Number.POSITIVE_INFINITY,
    untilMs: until?.atMs ?? Number.POSITIVE_INFINITY,
  };
}
