/**
 * What a playlist or a manifest says, as plain data: the same for the harness, for viewers in k6
 * and for those in virtual time. Terms are those of RFC 8216 and ISO/IEC 23009-1. Addresses are
 * absolute, lengths and times in ms, epoch times named so.
 */

export type StreamFormat = "hls" | "dash";

/** In bytes, from the first one of the resource. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface Resource {
  readonly url: string;
  readonly range?: ByteRange;
}

export type RenditionKind = "video" | "audio" | "text";

/** A stream as its multivariant playlist or its manifest describes it. */
export interface StreamView {
  readonly format: StreamFormat;
  /** Of the document: the last one after redirects. */
  readonly url: string;
  readonly renditions: readonly RenditionView[];
  readonly steering?: SteeringView;
  /** HLS: EXT-X-DEFINE, which media playlists may import. */
  readonly variables?: Readonly<Record<string, string>>;
  /** DASH alone. */
  readonly manifest?: ManifestView;
}

export interface RenditionView {
  /** Unique in its stream, and the same after a reload. */
  readonly id: string;
  /** `video` may hold the sound, too. */
  readonly kind: RenditionKind;
  /** Bits per second, the most of it; 0 if the stream does not say. */
  readonly bandwidth: number;
  readonly averageBandwidth?: number;
  readonly codecs?: string;
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
  readonly language?: string;
  /** HLS: GROUP-ID. DASH: the adaptation set. A player switches within a group. */
  readonly group?: string;
  /** HLS, of video: the groups that play beside it. Without one, its sound is its own. */
  readonly audioGroup?: string;
  readonly textGroup?: string;
  /** The one of its group that plays unless a viewer chooses. */
  readonly isDefault?: boolean;
  /** Content steering: where it comes from. */
  readonly pathway?: string;
  /** HLS: its media playlist. DASH: the manifest. */
  readonly url: string;
}

/** Content steering: who is asked, and which pathway is first. */
export interface SteeringView {
  readonly serverUrl: string;
  readonly pathways: readonly string[];
  readonly queryBeforeStart?: boolean;
}

export interface Key {
  readonly method: string;
  /** Undefined if no request brings it. */
  readonly url?: string;
}

export interface PartView extends Resource {
  /** Its place in the segment, from 0. */
  readonly index: number;
  readonly durationMs: number;
  readonly independent: boolean;
  readonly gap: boolean;
}

export interface SegmentView extends Resource {
  /** HLS: the media sequence number. DASH: the number in its address, or the time in it. */
  readonly sequence: number;
  /** On the presentation timeline, which all renditions of the stream share. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly init?: Resource;
  readonly key?: Key;
  /** Whether the timeline, or the format, is interrupted before it: a tag, or a new period. */
  readonly discontinuity: boolean;
  /** It is listed and cannot be fetched. */
  readonly gap: boolean;
  /** Epoch ms of its first picture, if the stream says. */
  readonly dateMs?: number;
  /** Epoch ms from which the server has it; undefined if being listed means that. */
  readonly availableMs?: number;
  /** Low latency. HLS lists them near the end alone. */
  readonly parts: readonly PartView[];
  /** DASH alone. */
  readonly period?: string;
}

/** One rendition's segments. `windowOf`, `segmentAfter` and `segmentAt` read both kinds alike. */
export type MediaView = HlsMediaView | DashMediaView;

/** A media playlist. */
export interface HlsMediaView {
  readonly format: "hls";
  readonly url: string;
  /** Oldest first; sequence numbers are consecutive. */
  readonly segments: readonly SegmentView[];
  /** Low latency: the segment of which only parts exist so far. */
  readonly unfinished?: {
    readonly sequence: number;
    readonly startMs: number;
    readonly parts: readonly PartView[];
  };
  readonly preloadHints: readonly PreloadHint[];
  readonly targetDurationMs: number;
  readonly partTargetMs?: number;
  readonly serverControl: ServerControl;
  readonly renditionReports: readonly RenditionReport[];
  /** EXT-X-ENDLIST: nothing follows. */
  readonly ended: boolean;
  readonly type?: "EVENT" | "VOD";
  readonly discontinuitySequence: number;
  /** EXT-X-START: from the beginning, or, if negative, from the end. */
  readonly startOffsetMs?: number;
  /** Whether `startMs` is epoch time, because the playlist has EXT-X-PROGRAM-DATE-TIME. */
  readonly dated: boolean;
}

export interface ServerControl {
  readonly canBlockReload: boolean;
  /** Delta updates: how far behind the end a segment may be skipped. */
  readonly canSkipUntilMs?: number;
  readonly holdBackMs?: number;
  readonly partHoldBackMs?: number;
}

export interface PreloadHint {
  readonly kind: "PART" | "MAP";
  readonly url: string;
  readonly offset?: number;
  readonly length?: number;
}

/** Where another rendition of the stream stands. */
export interface RenditionReport {
  readonly url: string;
  readonly lastSequence?: number;
  readonly lastPart?: number;
}

/** One representation through all periods. */
export interface DashMediaView {
  readonly format: "dash";
  readonly url: string;
  readonly manifest: ManifestView;
  readonly periods: readonly DashPeriodMedia[];
  /** Static, or the last period has an end and nothing updates the manifest. */
  readonly ended: boolean;
}

/** The manifest's own attributes, for all renditions. */
export interface ManifestView {
  readonly dynamic: boolean;
  readonly availabilityStartMs: number;
  readonly publishMs?: number;
  readonly minimumUpdatePeriodMs?: number;
  readonly timeShiftBufferMs?: number;
  readonly suggestedPresentationDelayMs?: number;
  readonly maxSegmentMs?: number;
  readonly durationMs?: number;
  /** Where the next manifest is, if not where this one was. */
  readonly location?: string;
  readonly clocks: readonly UtcTiming[];
  /** ServiceDescription: what the provider wants of a low-latency player. */
  readonly latency?: {
    readonly targetMs?: number;
    readonly minMs?: number;
    readonly maxMs?: number;
  };
  readonly media: Readonly<Record<string, readonly DashPeriodMedia[]>>;
}

export interface UtcTiming {
  readonly scheme: string;
  readonly value: string;
}

/** A representation in one period. */
export interface DashPeriodMedia {
  readonly period: string;
  /** On the presentation timeline: after the availability start. */
  readonly startMs: number;
  readonly endMs?: number;
  readonly availabilityTimeOffsetMs: number;
  /** False: a segment is offered before it is complete. */
  readonly availabilityTimeComplete: boolean;
  readonly init?: Resource;
  readonly timescale: number;
  /** Media time, in ticks, at the period's start. */
  readonly presentationTimeOffset: number;
  readonly startNumber: number;
  readonly endNumber?: number;
  readonly encrypted: boolean;
  readonly segments: DashAddressing;
}

export type DashAddressing =
  /** `$Number$` with a duration. */
  | { readonly by: "duration"; readonly template: string; readonly durationTicks: number }
  /** SegmentTimeline, with `$Time$` or `$Number$`. */
  | { readonly by: "timeline"; readonly template: string; readonly runs: readonly TimelineRun[] }
  /** SegmentList. */
  | {
      readonly by: "list";
      readonly durationTicks: number;
      readonly runs?: readonly TimelineRun[];
      readonly list: readonly Resource[];
    }
  /** One file: SegmentBase. `index` is where its `sidx` is. */
  | { readonly by: "file"; readonly file: Resource; readonly index?: ByteRange };

/** `count` segments of the same length, one after the other. */
export interface TimelineRun {
  readonly startTicks: number;
  /** The same, if a number cannot hold it. */
  readonly exactStart?: string;
  readonly durationTicks: number;
  /** `endless` if it repeats until its period ends. */
  readonly count: number;
  /** How many segments precede it in its timeline. */
  readonly before: number;
}

/** What may be fetched now. Empty if `toMs` is `fromMs`. */
export interface WindowView {
  /** On the presentation timeline. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly newest?: SegmentView;
  readonly oldest?: SegmentView;
}

/** The next request for a playlist or a manifest; null if nothing changes any more. */
export interface Reload {
  /** From the start of the last request for it. */
  readonly afterMs: number;
  readonly url: string;
  /** The server answers only when it has what `url` names. */
  readonly blocking: boolean;
  /** The answer may leave out what is known (EXT-X-SKIP). */
  readonly delta: boolean;
}
