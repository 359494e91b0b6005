/**
 * What playlists that pass say of addresses, for streams whose addresses do not say it themselves:
 * RFC 8216 and its second edition.
 */
import type { StreamObject } from "./classify.ts";

/** Old entries leave first. A day of 2 s segments in eight renditions is three times as many. */
const keptMax = 100_000;

export class Learned {
  readonly #objects = new Map<string, StreamObject>();
  /** Of any rendition; numbers of one event usually agree. */
  newest: number | null = null;

  /** By path, without a query. */
  of(path: string): StreamObject | undefined {
    return this.#objects.get(path.split("?")[0] ?? "");
  }

  /** A request for a segment shows that it exists, or soon will. */
  sees({ kind, number }: StreamObject): void {
    if (kind === "segment" && number !== undefined && number > (this.newest ?? -1))
      this.newest = number;
  }

  learn(playlistPath: string, text: string): void {
    if (!text.startsWith("#EXTM3U")) return;
    if (/^#EXT-X-STREAM-INF/m.test(text)) this.#ofMultivariant(playlistPath, text);
    else this.#ofMedia(playlistPath, text);
  }

  #ofMultivariant(at: string, text: string): void {
    this.#keep(at, { kind: "manifest" });
    let isVariant = false;
    for (const line of linesOf(text)) {
      const uri = line.startsWith("#EXT-X-MEDIA:") ? attribute(line, "URI") : undefined;
      const address = isVariant && !line.startsWith("#") ? line : uri;
      if (address !== undefined)
        this.#keep(pathOf(address, at), { kind: "playlist", rendition: nameOf(address) });
      isVariant = line.startsWith("#EXT-X-STREAM-INF");
    }
  }

  #ofMedia(at: string, text: string): void {
    const known = this.of(at);
    const rendition = known?.rendition ?? nameOf(at);
    this.#keep(at, { kind: "playlist", rendition });
    let number = Number(/^#EXT-X-MEDIA-SEQUENCE:(\d+)/m.exec(text)?.[1] ?? 0);
    let newest: number | null = null;
    for (const line of linesOf(text)) {
      const uri = line.startsWith("#") ? attribute(line, "URI") : undefined;
      const kind = /^#EXT-X-(MAP|KEY|PART|PRELOAD-HINT):/.exec(line)?.[1];
      if (uri !== undefined && kind !== undefined)
        this.#keep(pathOf(uri, at), { kind: kindBy[kind] ?? "part", rendition, number });
      if (line === "" || line.startsWith("#")) continue;
      this.#keep(pathOf(line, at), { kind: "segment", rendition, number });
      newest = number++;
    }
    if (newest !== null && newest > (this.newest ?? -1)) this.newest = newest;
  }

  #keep(path: string, object: StreamObject): void {
    this.#objects.delete(path);
    this.#objects.set(path, object);
    if (this.#objects.size <= keptMax) return;
    const [oldest] = this.#objects.keys();
    if (oldest !== undefined) this.#objects.delete(oldest);
  }
}

const kindBy: Readonly<Record<string, StreamObject["kind"]>> = { MAP: "init", KEY: "key" };

const linesOf = (text: string): string[] => text.split(/\r?\n/).map((line) => line.trim());

function attribute(line: string, name: string): string | undefined {
  return new RegExp(`[:,]${name}="([^"]*)"`).exec(line)?.[1];
}

/** An address on another host has the same path there. */
function pathOf(address: string, at: string): string {
  const base = `http://stream${at.startsWith("/") ? "" : "/"}${at}`;
  return URL.canParse(address, base) ? new URL(address, base).pathname : address;
}

/** The last folder of its address, or its file without the ending. */
function nameOf(address: string): string {
  const parts = (address.split("?")[0] ?? "").split("/").filter((part) => part !== "");
  const folder = parts.at(-2);
  return folder ?? (parts.at(-1) ?? "").replace(/\.\w+$/, "");
}
