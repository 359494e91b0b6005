/**
 * Whether a link or a counter shows more than a target's health checks, which continue without
 * users. The time before the load shows how much they cause. Without such a count, as in older
 * records and in a model, any growth counts as use.
 */
import type { Idle } from "../record/events.ts";
import type { Run } from "../record/run.ts";
import { matching, valuesIn, type Window } from "../metrics/series.ts";
import { entryTag } from "../metrics/tags.ts";
import { sum } from "../base/statistics.ts";
import { linkName } from "../target/where.ts";

/** Ordered: nothing, possibly health checks only, use. */
export type Growth = "none" | "checks" | "use";

/** Forty checks of 0.5 kB per second: more than any target makes. */
const checkedBytesMax = 20_000;
/** Four checks per second: those of the idle time may have come just before it, or just after. */
const unseenBytesMax = 2_000;
/** How much more the bytes of checks may be than those of the short idle time. */
const idleTimes = 3;

export function idleOf({ events }: Run): Idle | null {
  const load = events.find((event) => event.kind === "loadStarted");
  return (load?.kind === "loadStarted" ? load.idle : undefined) ?? null;
}

/** The traffic of a link in a window. */
export function linkGrowth(run: Run, link: string, window: Window): Growth {
  const grown = (metric: string): number =>
    sum(valuesIn(matching(run.series, { metric, where: { link } }), window));
  const [connections, bytes] = [grown("link_connections"), grown("link_bytes")];
  if (connections + bytes === 0) return "none";
  if (isOwnWork(run, link)) return "use";
  const seconds = secondsOf(window);
  const idle = idleOf(run);
  const then = idle?.links.find((one) => one.link === link);
  // Without byte counts, an open connection counts at each reading.
  if (idle === null || then?.bytes === undefined) return "use";
  const idleSeconds = idle.forMs / 1_000;
  const bytesMax = isOfSource(run, link)
    ? unseenBytesMax
    : Math.min(checkedBytesMax, unseenBytesMax + (idleTimes * then.bytes) / idleSeconds);
  return bytes / seconds > bytesMax || exceeds(connections / seconds, then.connections, idle)
    ? "use"
    : "checks";
}

/** The growth of a service's counter in a window, minus what readings add. */
export function counterGrowth(
  run: Run,
  { service, metric }: { readonly service: string; readonly metric: string },
  grown: number,
  window: Window,
): Growth {
  if (grown <= 0) return "none";
  const idle = idleOf(run);
  const then = idle?.counters.find((one) => one.service === service && one.metric === metric);
  // A service without declared clients does its counted work by itself.
  if (idle === null || then === undefined || !run.plan.links.some(({ to }) => to === service))
    return "use";
  return exceeds(grown / secondsOf(window), then.by, idle) ? "use" : "checks";
}

/**
 * Upper bounds for the count that so few in the idle time make likely: two standard deviations, and
 * three. Where nothing came, a regular check has at least the idle time as its period.
 */
function exceeds(perSecond: number, idleCount: number, { forMs }: Idle): boolean {
  const most = idleCount === 0 ? 1 : idleCount + 2 * Math.sqrt(idleCount) + 3;
  return perSecond > most / (forMs / 1_000);
}

/** Declared by the target: the link carries its own work, such as replication. */
function isOwnWork({ plan }: Run, link: string): boolean {
  return plan.links.some((one) => one.ownWork === true && linkName(one) === link);
}

/** For a service without clients: its traffic is its own work, with or without users. */
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
