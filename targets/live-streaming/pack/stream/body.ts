/**
 * Recognises a media segment from outside: a plausible length and type, and a complete container of
 * the kind that its first bytes name. Pure, and without Node types: k6 runs it for the viewers, the
 * harness for its prober.
 */

/**
 * From the first bytes. `unknown` is a container that this file does not know, or media that is
 * encrypted as a whole.
 */
export const containers = [
  "fmp4",
  "ts",
  "webm",
  "aac",
  "mp3",
  "ogg",
  "ac3",
  "webvtt",
  "unknown",
] as const;
export type Container = (typeof containers)[number];

/**
 * Why a body is no segment. `encoding`: its content encoding does not decode. `type`: its media
 * type is that of a page or of data. `text`: it is text. `brokenOff`: its container continues
 * beyond its end. `small`: it is smaller than its rendition allows.
 */
export const bodyProblems = [
  "empty",
  "encoding",
  "length",
  "type",
  "text",
  "brokenOff",
  "small",
] as const;
export type BodyProblem = (typeof bodyProblems)[number];

/** The default minimum size of a segment, as a share of its declared bitrate × duration. */
const leastBytesShareUsual = 0.1;

interface Rendition {
  readonly name: string;
  readonly bitsPerSecond: number;
  readonly leastBytesShare?: number;
}
interface Stream {
  readonly segmentMs: number;
  readonly renditions: readonly Rendition[];
  readonly leastBytesShare?: number;
}

/** The minimum decoded bytes of a segment of this rendition; 0 for an undeclared rendition. */
export function leastBytes(stream: Stream, rendition: string): number {
  const declared = stream.renditions.find(({ name }) => name === rendition);
  if (declared === undefined) return 0;
  const share = declared.leastBytesShare ?? stream.leastBytesShare ?? leastBytesShareUsual;
  return share * (declared.bitsPerSecond / 8) * (stream.segmentMs / 1000);
}

/** The headers of a body. */
export interface Declared {
  readonly contentType: string | undefined;
  /** In bytes; undefined if none was declared, or if the body was encoded in transit. */
  readonly contentLength: number | undefined;
  /** From `leastBytes`. */
  readonly leastBytes: number;
}

export interface Look {
  readonly container: Container;
  readonly problem: BodyProblem | null;
}

/** Checks a decoded body. It verifies that a container is complete, not its content. */
export function lookAtBody(body: Uint8Array, declared: Declared): Look {
  if (body.length === 0) return { container: "unknown", problem: "empty" };
  const container = containerOf(body);
  const problem = (): BodyProblem | null => {
    if (declared.contentLength !== undefined && declared.contentLength !== body.length)
      return "length";
    if (container === "unknown") {
      if (isPage(declared.contentType)) return "type";
      if (isText(body)) return "text";
    }
    if (!isWhole(body, container)) return "brokenOff";
    return body.length < declared.leastBytes ? "small" : null;
  };
  return { container, problem: problem() };
}

/** ISO/IEC 14496-12 and 23009-1: the boxes with which a file or a segment may begin. */
const boxes = [
  "styp",
  "ftyp",
  "moof",
  "sidx",
  "emsg",
  "prft",
  "moov",
  "mdat",
  "free",
  "skip",
  "uuid",
  "ssix",
  "pdin",
];
const tsBytes = 188,
  tsSync = 0x47;

function containerOf(body: Uint8Array): Container {
  const at = (index: number): number => body[index] ?? -1;
  if (boxes.includes(letters(body, 4, 4))) return "fmp4";
  if (at(0) === tsSync && (body.length <= tsBytes || at(tsBytes) === tsSync)) return "ts";
  const word = at(0) * 0x1_00_00_00 + (at(1) << 16) + (at(2) << 8) + at(3);
  // An EBML header, or a Matroska cluster as DASH cuts them.
  if (word === 0x1a45dfa3 || word === 0x1f43b675) return "webm";
  const start = at(0) === 0xef && at(1) === 0xbb && at(2) === 0xbf ? 3 : 0;
  if (letters(body, start, 6) === "WEBVTT") return "webvtt";
  if (letters(body, 0, 4) === "OggS") return "ogg";
  // RFC 8216: packed audio begins with an ID3 tag.
  if (letters(body, 0, 3) === "ID3" || (at(0) === 0xff && (at(1) & 0xf6) === 0xf0)) return "aac";
  if (at(0) === 0xff && (at(1) & 0xe0) === 0xe0 && (at(1) & 0x06) !== 0) return "mp3";
  return at(0) === 0x0b && at(1) === 0x77 ? "ac3" : "unknown";
}

function letters(body: Uint8Array, from: number, count: number): string {
  return String.fromCharCode(...body.subarray(from, from + count));
}

function isWhole(body: Uint8Array, container: Container): boolean {
  if (container === "ts") return body.length % tsBytes === 0;
  return container !== "fmp4" || boxesEnd(body);
}

/** Whether the top-level boxes end at the body's end, with media among them. */
function boxesEnd(body: Uint8Array): boolean {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let media = false;
  for (let at = 0; at < body.length; ) {
    if (at + 8 > body.length) return false;
    media ||= letters(body, at + 4, 4) === "mdat";
    const size = view.getUint32(at);
    // 0: to the end of the file. 1: the size has 64 bits and follows the type.
    if (size === 0) return media;
    if (size === 1 && at + 16 > body.length) return false;
    const bytes = size === 1 ? view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12) : size;
    if (bytes < 8 || at + bytes > body.length) return false;
    at += bytes;
  }
  return media;
}

/**
 * A page, or an API's answer. `text/plain` is not among them, because servers give it to every file
 * of unknown type.
 */
function isPage(contentType: string | undefined): boolean {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return (
    /^text\/(?:html|xml|css|javascript)$/.test(type) ||
    /^application\/(?:javascript|(?:[a-z.]+\+)?(?:json|xml))$/.test(type)
  );
}

const textBytes = 64;

/**
 * Whether the first bytes are letters and punctuation. One segment of random bytes in 10²⁵ begins
 * like that.
 */
function isText(body: Uint8Array): boolean {
  return body
    .subarray(0, textBytes)
    .every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13);
}
