/**
 * The only form of address, for publishing and for playing: `/live/EVENT/RENDITION/NUMBER.m4s`,
 * `/live/EVENT/RENDITION/init.mp4`, `/live/EVENT/manifest.mpd`. Parsing is strict: one spelling per
 * resource, or a cache would hold the same bytes twice.
 */

export type Address =
  | {
      readonly kind: "segment";
      readonly event: string;
      readonly rendition: string;
      readonly number: number;
    }
  | { readonly kind: "init"; readonly event: string; readonly rendition: string }
  | { readonly kind: "manifest"; readonly event: string };

/** An address, and the pipeline whose candidate a readiness check wants. */
export interface Asked {
  readonly address: Address;
  readonly pipeline: string | null;
}

const name = "[a-z0-9][a-z0-9-]{0,31}";
const segmentShape = new RegExp(`^/(${name})/(${name})/(0|[1-9][0-9]{0,11})\\.m4s$`);
const initShape = new RegExp(`^/(${name})/(${name})/init\\.mp4$`);
const manifestShape = new RegExp(`^/(${name})/manifest\\.mpd$`);
const checkShape = new RegExp(`^/check/(${name})(/.*)$`);

/** Null for anything that is not exactly an address. */
export function parseAddress(path: string): Asked | null {
  if (path.length > 200) return null;
  if (path.startsWith("/live/")) return asked(path.slice("/live".length), null);
  const check = checkShape.exec(path);
  return check?.[1] === undefined || check[2] === undefined ? null : asked(check[2], check[1]);
}

function asked(rest: string, pipeline: string | null): Asked | null {
  const address = parseRest(rest);
  return address === null ? null : { address, pipeline };
}

function parseRest(rest: string): Address | null {
  const segment = segmentShape.exec(rest);
  if (segment?.[1] !== undefined && segment[2] !== undefined && segment[3] !== undefined) {
    return {
      kind: "segment",
      event: segment[1],
      rendition: segment[2],
      number: Number(segment[3]),
    };
  }
  const init = initShape.exec(rest);
  if (init?.[1] !== undefined && init[2] !== undefined)
    return { kind: "init", event: init[1], rendition: init[2] };
  const manifest = manifestShape.exec(rest);
  return manifest?.[1] === undefined ? null : { kind: "manifest", event: manifest[1] };
}

export function formatAddress(address: Address): string {
  switch (address.kind) {
    case "segment":
      return `/live/${address.event}/${address.rendition}/${address.number}.m4s`;
    case "init":
      return `/live/${address.event}/${address.rendition}/init.mp4`;
    case "manifest":
      return `/live/${address.event}/manifest.mpd`;
  }
}

/**
 * The leaf of the metadata tree that an address names. Manifest and init segments are leaves with
 * number −1, because they have no time.
 */
export interface Leaf {
  readonly event: string;
  readonly rendition: string;
  readonly number: number;
}

export const timeless = -1;

export function leafOf(address: Address): Leaf {
  switch (address.kind) {
    case "segment":
      return { event: address.event, rendition: address.rendition, number: address.number };
    case "init":
      return { event: address.event, rendition: address.rendition, number: timeless };
    case "manifest":
      return { event: address.event, rendition: manifestRendition, number: timeless };
  }
}

/** No rendition may have this name. Its one leaf is the manifest. */
export const manifestRendition = "manifest";

export function contentType(address: Address): string {
  return address.kind === "manifest"
    ? "application/dash+xml"
    : address.kind === "init"
      ? "video/mp4"
      : "video/iso.segment";
}
