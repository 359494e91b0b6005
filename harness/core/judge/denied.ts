/** What was taken of the machine from outside: by the hypervisor whose guest it is, or by a quota. */
import type { Run, SeriesData } from "../run.ts";
import { matching, valuesIn, type Window } from "../series.ts";
import { sum } from "../statistics.ts";

/** Where more than this of the machine's processor time was taken from outside, nothing that was timed on it is what it seems. */
export const deniedShareMax = 0.2;

/** Of a window, as a share of all cores: 0…1. */
export function deniedShareIn(run: Run, window: Window): number {
  const seconds = sum(valuesIn(deniedSeries(run), window));
  return shareOf(run, seconds, window);
}

/** Of the readings that a window touches, each of which speaks of the time since the one before: a moment may be shorter than what lies between two. */
export function deniedShareAround(run: Run, window: Window): number {
  return sum(deniedSeries(run).map((series) => {
    const touching = Array.from(series.atMs.keys()).filter((index) => index > 0 && (series.atMs[index] as number) > window.fromMs && (series.atMs[index - 1] as number) < window.untilMs);
    const [first, last] = [touching[0], touching.at(-1)];
    if (first === undefined || last === undefined) return 0;
    const seconds = sum(touching.map((index) => series.values[index] as number));
    return shareOf(run, seconds, { fromMs: series.atMs[first - 1] as number, untilMs: series.atMs[last] as number });
  }));
}

/** How a finding says so. */
export function deniedText(share: number): string {
  return `${denied} ${Math.round(share * 100)} % of the machine`;
}

/** Whether a finding says so. */
export function saysDenied(why: string): boolean {
  return why.includes(denied);
}

const denied = "the hypervisor or a quota took";

function deniedSeries(run: Run): readonly SeriesData[] {
  return matching(run.series, { metric: "cpu_denied_seconds" });
}

function shareOf(run: Run, seconds: number, window: Window): number {
  const started = run.events.find((event) => event.kind === "started");
  const cores = started?.kind === "started" ? started.machine.cores : null;
  return cores === null ? 0 : seconds / ((window.untilMs - window.fromMs) / 1000) / cores;
}
