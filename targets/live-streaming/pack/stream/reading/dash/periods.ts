/** The periods of a manifest, with their representations. */
import { periodsMax, renditionsMax } from "../limits.ts";
import { durationMsOf } from "../times.ts";
import { UnreadableStream } from "../unreadable.ts";
import type { RenditionKind, RenditionView } from "../views.ts";
import { addressingOf, type Uncut } from "./addressing.ts";
import { type Base, basesOf } from "./bases.ts";
import { childOf, childrenOf, countIn, type Element } from "./xml.ts";

/** A representation in one period, at one place. */
export interface Found {
  readonly view: Omit<RenditionView, "id">;
  readonly name: string;
  readonly media: Uncut;
}

export interface Document {
  readonly root: Element;
  readonly url: string;
  readonly bases: readonly Base[];
  readonly durationMs?: number;
  readonly timelineOf: (element: Element) => number | undefined;
}

interface Period {
  readonly element: Element;
  readonly id: string;
  readonly startMs: number;
  readonly endMs?: number;
}

/** One list for each period. */
export function representationsOf(document: Document): readonly (readonly Found[])[] {
  return periodsOf(document).map((period) => {
    const bases = basesOf(period.element, document.bases);
    const found = childrenOf(period.element, "AdaptationSet").flatMap((set, at) =>
      ofSet(document, period, set, at, basesOf(set, bases)),
    );
    if (found.length > renditionsMax)
      throw new UnreadableStream("too-many", `it has more than ${renditionsMax} renditions`);
    return found;
  });
}

/** 5.3.2.1: a period starts where it says, or where the one before ends. */
function periodsOf({ root, durationMs }: Document): Period[] {
  const elements = childrenOf(root, "Period");
  if (elements.length > periodsMax)
    throw new UnreadableStream("too-many", `it has more than ${periodsMax} periods`);
  const starts: (number | undefined)[] = [];
  for (const [at, { attributes }] of elements.entries()) {
    const before = elements[at - 1];
    const length = durationMsOf(before?.attributes["duration"]);
    const follows = starts[at - 1];
    starts.push(
      durationMsOf(attributes["start"]) ??
        (at === 0
          ? 0
          : follows === undefined || length === undefined
            ? undefined
            : follows + length),
    );
  }
  return elements.flatMap((element, at): Period[] => {
    const startMs = starts[at];
    // An early available period: when it starts is not known yet.
    if (startMs === undefined) return [];
    const length = durationMsOf(element.attributes["duration"]);
    const endMs =
      length !== undefined
        ? startMs + length
        : (starts[at + 1] ?? (at === elements.length - 1 ? durationMs : undefined));
    return [
      {
        element,
        id: element.attributes["id"] ?? String(startMs),
        startMs,
        ...(endMs === undefined ? {} : { endMs }),
      },
    ];
  });
}

function ofSet(
  document: Document,
  period: Period,
  set: Element,
  at: number,
  bases: readonly Base[],
): Found[] {
  return childrenOf(set, "Representation").flatMap((element, index) => {
    const kind = kindOf(set, element);
    if (kind === null) return [];
    const own = basesOf(element, bases);
    const name = element.attributes["id"] ?? `${kind}-${at}-${index}`;
    const bandwidth = countIn(element, "bandwidth") ?? 0;
    return own.map((base): Found => {
      const media = addressingOf(
        {
          id: name,
          bandwidth,
          base,
          levels: [period.element, set, element],
          period,
          encrypted: [set, element].some((one) => childOf(one, "ContentProtection") !== undefined),
        },
        document.timelineOf,
      );
      const group = set.attributes["id"] ?? String(at);
      const view = viewOf(set, element, kind, bandwidth);
      return {
        name,
        media,
        view: {
          ...view,
          group,
          url: document.url,
          ...(base.pathway === undefined ? {} : { pathway: base.pathway }),
        },
      };
    });
  });
}

function viewOf(
  set: Element,
  element: Element,
  kind: RenditionKind,
  bandwidth: number,
): Omit<RenditionView, "id" | "url"> {
  const attribute = (name: string): string | undefined =>
    element.attributes[name] ?? set.attributes[name];
  const [width, height] = ["width", "height"].map((name) => Number(attribute(name)));
  const [above, below] = (attribute("frameRate") ?? "").split("/").map(Number);
  const frameRate = (above ?? Number.NaN) / (below ?? 1);
  const [codecs, language] = [attribute("codecs"), attribute("lang")];
  return {
    kind,
    bandwidth,
    ...(codecs === undefined ? {} : { codecs }),
    ...(language === undefined ? {} : { language }),
    ...((width as number) > 0 ? { width: width as number } : {}),
    ...((height as number) > 0 ? { height: height as number } : {}),
    ...(frameRate > 0 && Number.isFinite(frameRate) ? { frameRate } : {}),
  };
}

/** Null: images for seeking, events, and what else no player plays. */
function kindOf(set: Element, element: Element): RenditionKind | null {
  const attribute = (name: string): string =>
    (element.attributes[name] ?? set.attributes[name] ?? "").toLowerCase();
  const content = childOf(set, "ContentComponent")?.attributes["contentType"] ?? "";
  const codecs = attribute("codecs");
  const said = attribute("contentType") || content || attribute("mimeType").split("/")[0];
  if (said === "video" || said === "audio" || said === "text") return said;
  if (/^(?:stpp|wvtt)/.test(codecs) || /ttml|vtt/.test(attribute("mimeType"))) return "text";
  if (said !== "" && said !== "application") return null;
  if (/^(?:mp4a|ac-|ec-|opus|flac)/.test(codecs)) return "audio";
  return attribute("width") === "" && codecs === "" ? null : "video";
}
