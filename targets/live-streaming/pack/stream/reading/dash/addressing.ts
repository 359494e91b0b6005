/**
 * How a representation addresses its segments: SegmentTemplate, SegmentList or SegmentBase, each
 * inherited from the levels above.
 */
import { absolute } from "../addresses.ts";
import { segmentsMax } from "../limits.ts";
import { UnreadableStream } from "../unreadable.ts";
import type { ByteRange, DashAddressing, DashPeriodMedia, Resource } from "../views.ts";
import { type Base, offsetMsOf } from "./bases.ts";
import { fill, finished } from "./template.ts";
import { childOf, childrenOf, type Element, rangeIn } from "./xml.ts";

/** Before its timeline's entries are known. */
export type Addressing = DashAddressing & { readonly timeline?: number };
export type Uncut = Omit<DashPeriodMedia, "segments"> & { readonly segments: Addressing };

export interface Representation {
  readonly id: string;
  readonly bandwidth: number;
  readonly base: Base;
  /** Period, adaptation set and representation, from above. */
  readonly levels: readonly Element[];
  readonly period: { readonly id: string; readonly startMs: number; readonly endMs?: number };
  readonly encrypted: boolean;
}

/** `timelineOf`: the place of a SegmentTimeline in the document. */
export function addressingOf(
  one: Representation,
  timelineOf: (element: Element) => number | undefined,
): Uncut {
  const templates = one.levels.map((level) => childOf(level, "SegmentTemplate"));
  const lists = one.levels.map((level) => childOf(level, "SegmentList"));
  const bases = one.levels.map((level) => childOf(level, "SegmentBase"));
  const kind = [templates, lists, bases].find((some) => some.some((each) => each !== undefined));
  const parts = (kind ?? bases).filter((each) => each !== undefined);
  const attributes: Readonly<Record<string, string>> = Object.assign(
    {},
    ...parts.map((part) => part.attributes),
  );
  const count = (name: string): number | undefined =>
    /^\s*\d{1,15}\s*$/.test(attributes[name] ?? "") ? Number(attributes[name]) : undefined;
  const timelineElement = parts
    .map((part) => childOf(part, "SegmentTimeline"))
    .findLast((each) => each !== undefined);
  const timeline = timelineElement === undefined ? undefined : timelineOf(timelineElement);
  const endNumber = count("endNumber");
  const init = initOf(one, attributes, parts);
  return {
    period: one.period.id,
    startMs: one.period.startMs,
    ...(one.period.endMs === undefined ? {} : { endMs: one.period.endMs }),
    availabilityTimeOffsetMs:
      offsetMsOf(attributes["availabilityTimeOffset"]) ?? one.base.availabilityTimeOffsetMs,
    availabilityTimeComplete:
      attributes["availabilityTimeComplete"] === undefined
        ? one.base.availabilityTimeComplete
        : attributes["availabilityTimeComplete"] !== "false",
    ...(init === undefined ? {} : { init }),
    timescale: Math.max(1, count("timescale") ?? 1),
    presentationTimeOffset: count("presentationTimeOffset") ?? 0,
    startNumber: count("startNumber") ?? 1,
    ...(endNumber === undefined ? {} : { endNumber }),
    encrypted: one.encrypted,
    segments:
      kind === templates
        ? byTemplate(one, attributes, count("duration"), timeline)
        : kind === lists
          ? byList(one, parts, count("duration"), timeline)
          : byFile(one, parts),
  };
}

function byTemplate(
  one: Representation,
  attributes: Readonly<Record<string, string>>,
  durationTicks: number | undefined,
  timeline: number | undefined,
): Addressing {
  const media = attributes["media"];
  if (media === undefined)
    throw new UnreadableStream("malformed", `the template of ${one.id} has no media`);
  const template = addressOf(one, media);
  if (timeline !== undefined) return { by: "timeline", template, runs: [], timeline };
  if (durationTicks === undefined || durationTicks === 0)
    throw new UnreadableStream("malformed", `the segments of ${one.id} have no duration`);
  return { by: "duration", template, durationTicks };
}

function byList(
  { base }: Representation,
  parts: readonly Element[],
  durationTicks: number | undefined,
  timeline: number | undefined,
): Addressing {
  const addresses = parts
    .map((part) => childrenOf(part, "SegmentURL"))
    .findLast((some) => some.length > 0);
  if (addresses !== undefined && addresses.length > segmentsMax)
    throw new UnreadableStream("too-many", `it has more than ${segmentsMax} segments`);
  const list = (addresses ?? []).map((each) =>
    resourceOf(base.url, each.attributes["media"], rangeIn(each, "mediaRange")),
  );
  return {
    by: "list",
    durationTicks: durationTicks ?? 0,
    list,
    ...(timeline === undefined ? {} : { timeline }),
  };
}

function byFile({ base }: Representation, parts: readonly Element[]): Addressing {
  const index = parts.map((part) => rangeIn(part, "indexRange")).findLast(Boolean);
  return { by: "file", file: { url: base.url }, ...(index === undefined ? {} : { index }) };
}

function initOf(
  one: Representation,
  attributes: Readonly<Record<string, string>>,
  parts: readonly Element[],
): Resource | undefined {
  const template = attributes["initialization"];
  if (template !== undefined) return { url: finished(addressOf(one, template)) };
  const element = parts
    .map((part) => childOf(part, "Initialization"))
    .findLast((each) => each !== undefined);
  return element === undefined
    ? undefined
    : resourceOf(one.base.url, element.attributes["sourceURL"], rangeIn(element, "range"));
}

function addressOf({ id, bandwidth, base }: Representation, template: string): string {
  return absolute(base.url, fill(template, { RepresentationID: id, Bandwidth: bandwidth }));
}

function resourceOf(
  base: string,
  address: string | undefined,
  range: ByteRange | undefined,
): Resource {
  const url = address === undefined ? base : absolute(base, address);
  return range === undefined ? { url } : { url, range };
}
