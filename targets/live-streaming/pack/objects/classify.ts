/**
 * What a request of a stream asks for, from its address: the kind of object. Where the address says
 * so, its rendition and its number, too.
 */
import type { Stream } from "../stream/stream.ts";

export const objectKinds = ["manifest", "playlist", "init", "segment", "part", "key"] as const;
export type ObjectKind = (typeof objectKinds)[number];

export interface StreamObject {
  readonly kind: ObjectKind;
  readonly rendition?: string | undefined;
  readonly number?: number | undefined;
}

/** What is known of a stream's addresses; all of it may be missing for a foreign stream. */
export interface Addresses {
  readonly stream?: Pick<Stream, "event" | "segmentPath">;
  readonly manifestPath?: string | undefined;
}

/** Names by which a playlist of several renditions usually goes. */
const multivariant = /(?:^|[_.-])(?:master|main|multivariant|manifest)(?:[_.-]|$)/i;
const mediaFile = /\.(?:m4s|mp4|m4v|m4a|cmfv|cmfa|cmft|ts|aac|ac3|mp3|webm|vtt)$/i;
const named = (path: string, word: string): boolean =>
  new RegExp(`(?:^|[/_.-])${word}(?:[_.-]|\\d|$)`, "i").test(path);

export function classifier({
  stream,
  manifestPath,
}: Addresses): (path: string) => StreamObject | null {
  const template = stream === undefined ? null : templateOf(stream);
  return (pathWithQuery) => {
    const path = pathWithQuery.split("?")[0] ?? "";
    const found = template?.exec(path)?.groups;
    if (found !== undefined)
      return {
        kind: "segment",
        ...(found["rendition"] === undefined
          ? {}
          : { rendition: decodeURIComponent(found["rendition"]) }),
        ...(found["number"] === undefined ? {} : { number: Number(found["number"]) }),
      };
    if (path === manifestPath || /\.mpd$/i.test(path)) return { kind: "manifest" };
    return ofFile(path);
  };
}

/** By its ending and its name, as packagers usually write them. */
function ofFile(path: string): StreamObject | null {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const rendition = renditionIn(path);
  if (/\.m3u8$/i.test(file))
    return multivariant.test(file) || (rendition === undefined && /^index\./i.test(file))
      ? { kind: "manifest" }
      : { kind: "playlist", rendition };
  if (/\.key$/i.test(file) || named(file, "key")) return { kind: "key", rendition };
  if (!mediaFile.test(file)) return null;
  if (named(file, "init") || named(file, "header")) return { kind: "init", rendition };
  const digits = /(\d+)(?:\.\d+)?\.\w+$/.exec(file)?.[1];
  const number = digits === undefined ? undefined : Number(digits);
  return { kind: named(file, "part") ? "part" : "segment", rendition, number };
}

/** The folder, which most packagers name after the rendition. */
function renditionIn(path: string): string | undefined {
  const folders = path.split("/").slice(0, -1);
  const last = folders.at(-1);
  return last === undefined || last === "" || folders.length < 3 ? undefined : last;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function templateOf({ segmentPath, event }: Pick<Stream, "event" | "segmentPath">): RegExp {
  const seen = new Set<string>();
  const pattern = segmentPath
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return escaped(encodeURI(part));
      if (name === "event") return escaped(encodeURIComponent(event));
      if (seen.has(name)) return `\\k<${name}>`;
      seen.add(name);
      return name === "number" ? "(?<number>\\d+)" : `(?<${name}>[^/]+)`;
    })
    .join("");
  return new RegExp(`^${pattern.startsWith("/") ? "" : "/"}${pattern}$`);
}
