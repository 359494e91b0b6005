/**
 * Whether a link or a counter shows more than a target's health checks, which go on whether or not
 * anybody uses it. What it showed before there was any load says how much they cause. Where nobody
 * counted then, as in older records and in a model, any growth is use.
 */
import type { Idle } from "../record/events.ts";
import type { Run } from "../record/run.ts";
import { matching, valuesIn, type Window } from "../metrics/series.ts";
import { entryTag } from "../metrics/tags.ts";
import { sum } from "../base/statistics.ts";

/** From nothing, over what may be health checks alone, to use. */
export type Growth = "none" | "checks" | "use";

/** Forty checks a second of half a kilobyte each: nobody checks so often. */
const checkedBytesMax = 20_000;
/** Four checks a second: those of the idle time may have come just before it, or just after. */
const unseenBytesMax = 2_000;
/** How much more the bytes of checks may be than those of the short idle time. */
const idleTimes = 3;

export function idleOf({ events }: Run): Idle | null {
  const load = events.find((event) => event.kind === "loadStarted");
  return (load?.kind === "loadStarted" ? load.idle : undefined) ?? null;
}

/** What passed a link in a window. */
export function linkGrowth(run: Run, link: string, window: Window): Growth {
  const grown = (metric: string): number =>
    sum(valuesIn(matching(run.series, { metric, where: { link } }), window));
  const [connections, bytes] = [grown("link_connections"), grown("link_bytes")];
  if (connections + bytes === 0) return "none";
  const seconds = secondsOf(window);
  const idle = idleOf(run);
  const then = idle?.links.find((one) => one.link === link);
  // An open connection counts at each reading where bytes are not counted.
  if (idle === null || then?.bytes === undefined) return "use";
  const idleSeconds = idle.forMs / 1_000;
  const bytesMax = isOfSource(run, link)
    ? unseenBytesMax
    : Math.min(checkedBytesMax, unseenBytesMax + (idleTimes * then.bytes) / idleSeconds);
  return bytes / seconds > bytesMax || exceeds(connections / seconds, then.connections, idle)
    ? "use"
    : "checks";
}

/** What a counter of a service grew by in a window, beyond what readings add. */
export function counterGrowth(
  run: Run,
  { service, metric }: { readonly service: string; readonly metric: string },
  grown: number,
  window: Window,
): Growth {
  if (grown <= 0) return "none";
  const idle = idleOf(run);
  const then = idle?.counters.find((one) => one.service === service && one.metric === metric);
  // Whom nobody is declared to ask does what it counts by itself.
  if (idle === null || then === undefined || !run.plan.links.some(({ to }) => to === service))
    return "use";
  return exceeds(grown / secondsOf(window), then.by, idle) ? "use" : "checks";
}

/** Beyond the most that so few in the idle time make likely: two standard deviations, and three. */
function exceeds(perSecond: number, idleCount: number, { forMs }: Idle): boolean {
  return perSecond > (idleCount + 2 * Math.sqrt(idleCount) + 3) / (forMs / 1_000);
}

/** From a service that none asks: what it sends is work of its own, with or without users. */
function isOfSource({ plan, series }: Run, link: string): boolean {
  const from = link.slice(0, link.indexOf(">"));
  const isAsked =
    plan.links.some(({ to }) => to === from) ||
    Object.values(plan.otherEntries ?? {}).some((services) => services.includes(from)) ||
    series.some(({ tags }) => tags[entryTag] === from);
  return !isAsked;
}

function secondsOf({ fromMs, untilMs }: Window): number {
  return Math.max(0.001, (untilMs - fromMs) / 1_000);
}
