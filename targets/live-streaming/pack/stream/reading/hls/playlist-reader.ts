/** Takes the lines of a media playlist one after the other. Times are placed afterwards. */
import type { Resolve } from "../addresses.ts";
import { segmentsMax } from "../limits.ts";
import { epochMsOf, rounded } from "../times.ts";
import { UnreadableStream } from "../unreadable.ts";
import type {
  ByteRange,
  HlsMediaView,
  Key,
  PartView,
  PreloadHint,
  RenditionReport,
  Resource,
  SegmentView,
  ServerControl,
} from "../views.ts";
import { attributesOf, countOf, millisOf, numberOf, rangeOf, tagOf } from "./tags.ts";
import { define, replaceVariables, type Variables } from "./variables.ts";

/** A segment before its place on the timeline is known. */
export type Unplaced = { -readonly [K in keyof SegmentView]: SegmentView[K] };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class PlaylistReader {
  readonly segments: Unplaced[] = [];
  /** Of the segment that comes next. */
  parts: PartView[] = [];
  sequence: number;
  targetDurationMs: number | undefined;
  readonly #url: string;
  readonly #resolve: Resolve;
  readonly #imported: Readonly<Variables>;
  readonly #variables: Variables = {};
  readonly #head: Mutable<Omit<HlsMediaView, "format" | "url" | "segments" | "targetDurationMs">>;
  readonly #hints: PreloadHint[] = [];
  readonly #reports: RenditionReport[] = [];
  #hasVariables = false;
  #started: boolean;
  #init: Resource | undefined;
  #key: Key | undefined;
  #durationMs: number | undefined;
  #range: string | undefined;
  #discontinuity = false;
  #gap = false;
  #dateMs: number | undefined;
  #last: Resource | undefined;
  #lastPart: Resource | undefined;

  /** `last`: the known segment before the first line that `take` gets. */
  constructor(
    url: string,
    resolve: Resolve,
    imported: Readonly<Variables>,
    last: SegmentView | undefined,
  ) {
    this.#url = url;
    this.#resolve = resolve;
    this.#imported = imported;
    this.sequence = last === undefined ? 0 : last.sequence + 1;
    this.#started = last !== undefined;
    this.#init = last?.init;
    this.#key = last?.key;
    this.#last = last;
    this.#lastPart = last?.parts.at(-1);
    this.#head = {
      preloadHints: this.#hints,
      renditionReports: this.#reports,
      serverControl: { canBlockReload: false },
      ended: false,
      discontinuitySequence: 0,
      dated: false,
    };
  }

  /** What the playlist says as a whole. */
  head(): Omit<HlsMediaView, "format" | "url" | "segments" | "targetDurationMs"> {
    return this.#head;
  }

  take(raw: string): void {
    const line = this.#hasVariables ? replaceVariables(raw, this.#variables) : raw;
    if (!line.startsWith("#")) {
      this.#takeAddress(line);
      return;
    }
    const { name, value } = tagOf(line);
    switch (name) {
      case "EXTINF":
        this.#durationMs = millisOf(value);
        if (this.#durationMs === undefined)
          throw new UnreadableStream("malformed", `segment ${this.sequence} has no duration`);
        break;
      case "PART":
        this.#takePart(value);
        break;
      case "BYTERANGE":
        this.#range = value;
        break;
      case "DISCONTINUITY":
        this.#discontinuity = true;
        break;
      case "GAP":
        this.#gap = true;
        break;
      case "PROGRAM-DATE-TIME":
        this.#dateMs = epochMsOf(value);
        break;
      case "MAP":
        this.#init = this.#mapOf(value);
        break;
      case "KEY":
        this.#takeKey(value);
        break;
      default:
        this.#takeHeadTag(name, value);
    }
  }

  /** A line among those of known segments: only what is said of the playlist counts. */
  takeHead(line: string): void {
    if (line.startsWith("#EXT-X-PART:") || line.startsWith("#EXT-X-PROGRAM-DATE-TIME:")) return;
    const { name, value } = tagOf(line);
    this.#takeHeadTag(name, value);
  }

  #takeHeadTag(name: string, value: string): void {
    const head = this.#head;
    switch (name) {
      case "TARGETDURATION":
        this.targetDurationMs = millisOf(value);
        break;
      case "MEDIA-SEQUENCE":
        if (!this.#started) this.sequence = countOf(value) ?? 0;
        break;
      case "DISCONTINUITY-SEQUENCE":
        head.discontinuitySequence = countOf(value) ?? 0;
        break;
      case "ENDLIST":
        head.ended = true;
        break;
      case "PLAYLIST-TYPE":
        if (value === "VOD" || value === "EVENT") head.type = value;
        break;
      case "SERVER-CONTROL":
        head.serverControl = controlOf(value);
        break;
      case "PART-INF": {
        const partTargetMs = millisOf(attributesOf(value)["PART-TARGET"]);
        if (partTargetMs !== undefined) head.partTargetMs = partTargetMs;
        break;
      }
      case "PRELOAD-HINT":
        this.#takeHint(value);
        break;
      case "RENDITION-REPORT":
        this.#takeReport(value);
        break;
      case "START": {
        const offset = numberOf(attributesOf(value)["TIME-OFFSET"]);
        if (offset !== undefined) head.startOffsetMs = rounded(offset * 1_000);
        break;
      }
      case "DEFINE":
        this.#hasVariables = true;
        define(this.#variables, value, this.#url, this.#imported);
        break;
    }
  }

  #takeAddress(line: string): void {
    const durationMs = this.#durationMs;
    if (durationMs === undefined)
      throw new UnreadableStream("malformed", `segment ${this.sequence} has no EXTINF`);
    this.#started = true;
    const resource = this.#resourceOf(line, this.#range, this.#last);
    this.segments.push({
      ...resource,
      sequence: this.sequence,
      startMs: 0,
      durationMs,
      discontinuity: this.#discontinuity,
      gap: this.#gap,
      parts: this.parts,
      ...(this.#init === undefined ? {} : { init: this.#init }),
      ...(this.#key === undefined ? {} : { key: this.#key }),
      ...(this.#dateMs === undefined ? {} : { dateMs: this.#dateMs }),
    });
    if (this.segments.length > segmentsMax)
      throw new UnreadableStream("too-many", `it has more than ${segmentsMax} segments`);
    this.sequence++;
    this.#last = resource;
    this.parts = [];
    this.#durationMs = undefined;
    this.#range = undefined;
    this.#dateMs = undefined;
    this.#discontinuity = false;
    this.#gap = false;
  }

  #takePart(value: string): void {
    const { URI: uri, DURATION, BYTERANGE, INDEPENDENT, GAP } = attributesOf(value);
    const durationMs = millisOf(DURATION);
    if (uri === undefined || durationMs === undefined)
      throw new UnreadableStream("malformed", `a part of segment ${this.sequence} is incomplete`);
    const resource = this.#resourceOf(uri, BYTERANGE, this.#lastPart);
    this.#lastPart = resource;
    this.#started = true;
    this.parts.push({
      ...resource,
      index: this.parts.length,
      durationMs,
      independent: INDEPENDENT === "YES",
      gap: GAP === "YES",
    });
    if (this.parts.length > segmentsMax)
      throw new UnreadableStream("too-many", `segment ${this.sequence} has too many parts`);
  }

  /** A range without an offset follows the one before it, of the same resource. */
  #resourceOf(address: string, text: string | undefined, before: Resource | undefined): Resource {
    const url = this.#resolve(address);
    const follows = before?.url === url && before.range !== undefined ? endOf(before.range) : 0;
    const range = rangeOf(text, follows);
    return range === undefined ? { url } : { url, range };
  }

  #mapOf(value: string): Resource | undefined {
    const { URI: uri, BYTERANGE } = attributesOf(value);
    return uri === undefined ? undefined : this.#resourceOf(uri, BYTERANGE, undefined);
  }

  /** Of several, the one that a request brings. */
  #takeKey(value: string): void {
    const {
      METHOD: method = "NONE",
      URI: uri,
      KEYFORMAT: format = "identity",
    } = attributesOf(value);
    if (method === "NONE") this.#key = undefined;
    else if (format === "identity" && uri !== undefined) {
      const url = this.#resolve(uri);
      this.#key = /^https?:/i.test(url) ? { method, url } : { method };
    } else if (this.#key?.url === undefined) this.#key = { method };
  }

  #takeHint(value: string): void {
    const { TYPE: kind, URI: uri, ...attributes } = attributesOf(value);
    if (uri === undefined || (kind !== "PART" && kind !== "MAP")) return;
    const offset = countOf(attributes["BYTERANGE-START"]);
    const length = countOf(attributes["BYTERANGE-LENGTH"]);
    this.#hints.push({
      kind,
      url: this.#resolve(uri),
      ...(offset === undefined ? {} : { offset }),
      ...(length === undefined ? {} : { length }),
    });
  }

  #takeReport(value: string): void {
    const { URI: uri, ...attributes } = attributesOf(value);
    if (uri === undefined) return;
    const lastSequence = countOf(attributes["LAST-MSN"]);
    const lastPart = countOf(attributes["LAST-PART"]);
    this.#reports.push({
      url: this.#resolve(uri),
      ...(lastSequence === undefined ? {} : { lastSequence }),
      ...(lastPart === undefined ? {} : { lastPart }),
    });
  }
}

function endOf({ offset, length }: ByteRange): number {
  return offset + length;
}

function controlOf(value: string): ServerControl {
  const attributes = attributesOf(value);
  const canSkipUntilMs = millisOf(attributes["CAN-SKIP-UNTIL"]);
  const holdBackMs = millisOf(attributes["HOLD-BACK"]);
  const partHoldBackMs = millisOf(attributes["PART-HOLD-BACK"]);
  return {
    canBlockReload: attributes["CAN-BLOCK-RELOAD"] === "YES",
    ...(canSkipUntilMs === undefined ? {} : { canSkipUntilMs }),
    ...(holdBackMs === undefined ? {} : { holdBackMs }),
    ...(partHoldBackMs === undefined ? {} : { partHoldBackMs }),
  };
}
