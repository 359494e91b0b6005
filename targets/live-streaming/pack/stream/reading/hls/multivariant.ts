/** A multivariant playlist: which renditions there are, and where. */
import { isSameDocument, resolver, type Resolve } from "../addresses.ts";
import { Names } from "../names.ts";
import { renditionsMax } from "../limits.ts";
import { UnreadableStream } from "../unreadable.ts";
import type { RenditionKind, RenditionView, SteeringView, StreamView } from "../views.ts";
import { type Attributes, attributesOf, countOf, numberOf, tagOf } from "./tags.ts";
import { define, replaceVariables, type Variables } from "./variables.ts";

/** Whether it names other playlists, and is none of segments. */
export function isMultivariant(text: string): boolean {
  return ["STREAM-INF", "MEDIA", "I-FRAME-STREAM-INF"].some((tag) =>
    text.includes(`\n#EXT-X-${tag}:`),
  );
}

export function readMultivariant(text: string, url: string): StreamView {
  const resolve = resolver(url);
  const variables: Variables = {};
  const names = new Names();
  const variants: RenditionView[] = [];
  const others: RenditionView[] = [];
  let steering: SteeringView | undefined;
  let waiting: Attributes | null = null;
  for (const raw of text.split("\n")) {
    const line = replaceVariables(raw.trim(), variables);
    if (line === "") continue;
    if (!line.startsWith("#")) {
      if (waiting !== null) variants.push(variantOf(waiting, resolve(line), names));
      waiting = null;
      continue;
    }
    const { name, value } = tagOf(line);
    if (name === "STREAM-INF") waiting = attributesOf(value);
    else if (name === "MEDIA") {
      const other = otherOf(attributesOf(value), resolve, names);
      if (other !== null) others.push(other);
    } else if (name === "DEFINE") define(variables, value, url);
    else if (name === "CONTENT-STEERING") steering = steeringOf(attributesOf(value), resolve);
    if (variants.length + others.length > renditionsMax)
      throw new UnreadableStream("too-many", `it has more than ${renditionsMax} renditions`);
  }
  const renditions = [...variants, ...others];
  const itself = renditions.find((one) => isSameDocument(one.url, url));
  if (itself !== undefined)
    throw new UnreadableStream("cyclic", `its rendition ${itself.id} is the playlist itself`);
  if (variants.length === 0) throw new UnreadableStream("malformed", "it names no variant stream");
  const pathways = [...new Set(variants.map(({ pathway }) => pathway ?? usualPathway))];
  return {
    format: "hls",
    url,
    renditions,
    ...(steering === undefined
      ? {}
      : { steering: { ...steering, pathways: first(steering.pathways[0], pathways) } }),
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
  };
}

/** Of a variant that names none. */
const usualPathway = ".";

function first(wanted: string | undefined, all: readonly string[]): string[] {
  return wanted !== undefined && all.includes(wanted)
    ? [wanted, ...all.filter((one) => one !== wanted)]
    : [...all];
}

function steeringOf(attributes: Attributes, resolve: Resolve): SteeringView | undefined {
  const { "SERVER-URI": server, "PATHWAY-ID": pathway } = attributes;
  if (server === undefined) return undefined;
  return { serverUrl: resolve(server), pathways: pathway === undefined ? [] : [pathway] };
}

/** Codecs of sound alone: RFC 6381, as they begin. */
const soundCodec = /^(?:mp4a|ac-3|ec-3|ac-4|opus|flac|alac|mp3)/i;

function variantOf(attributes: Attributes, url: string, names: Names): RenditionView {
  const bandwidth = countOf(attributes["BANDWIDTH"]) ?? 0;
  const averageBandwidth = countOf(attributes["AVERAGE-BANDWIDTH"]);
  const { CODECS: codecs, RESOLUTION: size, AUDIO: audioGroup, SUBTITLES: textGroup } = attributes;
  const [, width, height] = /^(\d{1,6})x(\d{1,6})$/i.exec(size ?? "") ?? [];
  const frameRate = numberOf(attributes["FRAME-RATE"]);
  const pathway = attributes["PATHWAY-ID"];
  const isSound =
    height === undefined &&
    codecs !== undefined &&
    codecs.split(",").every((one) => soundCodec.test(one.trim()));
  const kind: RenditionKind = isSound ? "audio" : "video";
  const label =
    height === undefined
      ? `${isSound ? "audio-" : ""}${Math.round(bandwidth / 1_000)}k`
      : `${height}p`;
  return {
    id: names.give(label, pathway),
    kind,
    bandwidth,
    url,
    ...(averageBandwidth === undefined ? {} : { averageBandwidth }),
    ...(codecs === undefined ? {} : { codecs }),
    ...(width === undefined || height === undefined
      ? {}
      : { width: Number(width), height: Number(height) }),
    ...(frameRate === undefined ? {} : { frameRate }),
    ...(audioGroup === undefined ? {} : { audioGroup }),
    ...(textGroup === undefined ? {} : { textGroup }),
    ...(pathway === undefined ? {} : { pathway }),
  };
}

const kinds: Readonly<Record<string, RenditionKind>> = {
  AUDIO: "audio",
  VIDEO: "video",
  SUBTITLES: "text",
};

/** Null if it is within a variant, or closed captions: then no player fetches it. */
function otherOf(attributes: Attributes, resolve: Resolve, names: Names): RenditionView | null {
  const { TYPE: type = "", URI: uri, "GROUP-ID": group, LANGUAGE: language, NAME } = attributes;
  const kind = kinds[type];
  if (kind === undefined || uri === undefined || uri === "") return null;
  const pathway = attributes["PATHWAY-ID"];
  return {
    id: names.give(`${kind}-${language ?? NAME ?? group ?? "other"}`, pathway),
    kind,
    bandwidth: 0,
    url: resolve(uri),
    ...(language === undefined ? {} : { language }),
    ...(group === undefined ? {} : { group }),
    isDefault: attributes["DEFAULT"] === "YES",
    ...(pathway === undefined ? {} : { pathway }),
  };
}
