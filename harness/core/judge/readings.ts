/**
 * What the claims rest on and is read from outside, a counter or a journal, must have been read all the time: what happened while nobody
 * looked is missing from its phase, and half the requests look like half the load.
 */
import type { Tags } from "../experiment.ts";
import { servicesStruck } from "../faults.ts";
import { metrics } from "../metrics.ts";
import type { Run } from "../run.ts";
import { countIn, matching, selectorsOf, type Window } from "../series.ts";
import { longestGap } from "./gaps.ts";

/** Everything is read every 2 s; four missed readings hide too much of a phase. */
export const readingGapMaxMs = 10_000;

/** Whoever counts for itself, and the services whose faults may silence it. */
interface Teller { readonly name: string; readonly where: Tags; readonly silencedBy: readonly string[] }

export function readingProblem(run: Run, span: Window | null): string | null {
  const { hypothesis, recovery } = run.plan;
  const selectors = [...hypothesis.flatMap(selectorsOf), ...(recovery === null ? [] : [recovery.goodput])];
  const problems = [...new Set(selectors.map((selector) => selector.metric))].flatMap((metric) => problemsOf(metric, run, span));
  return problems.length === 0 ? null : problems.join("; ");
}

function problemsOf(metric: string, run: Run, span: Window | null): string[] {
  if (metrics[metric]?.source === "readBack") return readBackProblems(run, span);
  if (metric === "delivered") return deliveredProblems(run, span);
  const tellers = tellersOf(metric, run);
  const silent = metrics[metric]?.source === "packager" ? packagersOf(run).length - tellers.length : 0;
  return [
    ...(silent > 0 ? [`${metric} of ${silent} of ${packagersOf(run).length} packagers was never read`] : []),
    ...tellers.flatMap(({ name, where, silencedBy }) => {
      const excused = run.plan.steps.flatMap((step, index) => (servicesStruck(step.fault, run.plan).some((service) => silencedBy.includes(service)) ? [timeOf(run, index)] : []));
      const gapMs = longestGap(matching(run.series, { metric, where }), span, excused);
      if (gapMs === null) return [`${metric} of ${name} was never read`];
      return gapMs > readingGapMaxMs ? [`${metric} of ${name} says nothing for ${(gapMs / 1000).toFixed(1)} s`] : [];
    }),
  ];
}

/** What was acknowledged and not read back may be lost. */
function readBackProblems(run: Run, span: Window | null): string[] {
  if (span === null) return [];
  const within = (metric: string, where: Tags = {}): number => countIn(matching(run.series, { metric, where }), span);
  const [read, unread, acked] = [within("durable"), within("durable_unread"), within("publish_ms", { outcome: "acked" })];
  if (unread > 0) return [`${unread} of ${read + unread} acknowledged segments could not be read back`];
  // A segment that is published twice is read back once, and one that was under way as a phase began is counted on its other side.
  return read < 0.9 * acked ? [`${acked} segments were acknowledged and only ${read} read back`] : [];
}

/** What was delivered and cannot be compared may be wrong. */
function deliveredProblems(run: Run, span: Window | null): string[] {
  const unknown = span === null ? 0 : countIn(matching(run.series, { metric: "delivered_unknown" }), span);
  return unknown === 0 ? [] : [`no journal tells what ${unknown} delivered segments should have been`];
}

/** Every edge counts its own requests and every packager keeps its own journal; of services only some have anything to count. */
function tellersOf(metric: string, run: Run): Teller[] {
  switch (metrics[metric]?.source) {
    // Where there are two tiers, those who fill from origins are not those whom viewers ask.
    case "edge": return [...run.plan.edges, ...namesOf(run, "fill")].map((edge) => ({ name: edge, where: { edge }, silencedBy: [edge] }));
    case "packager": {
      const pipelines = new Set(run.series.flatMap((series) => (series.metric === metric ? [series.tags["pipeline"] ?? ""] : [])));
      return [...pipelines].map((pipeline) => ({ name: `pipeline ${pipeline}`, where: { pipeline }, silencedBy: packagersOf(run) }));
    }
    case "service": {
      const services = new Set(run.series.flatMap((series) => (series.metric === metric ? [series.tags["service"] ?? ""] : [])));
      return [...services].map((service) => ({ name: service, where: { service }, silencedBy: [service] }));
    }
    default: return [];
  }
}

const packagersOf = (run: Run): string[] => namesOf(run, "packager");

function namesOf(run: Run, kind: string): string[] {
  return run.plan.services.filter((service) => service.kind === kind).map((service) => service.name);
}

/** From the injection of a step until it was healed; for ever when it never was. */
function timeOf(run: Run, index: number): Window {
  const from = run.events.find((event) => (event.kind === "injecting" || event.kind === "injected") && event.step === index);
  const until = run.events.find((event) => event.kind === "healed" && event.step === index);
  return { fromMs: from?.atMs ?? Number.POSITIVE_INFINITY, untilMs: until?.atMs ?? Number.POSITIVE_INFINITY };
}
