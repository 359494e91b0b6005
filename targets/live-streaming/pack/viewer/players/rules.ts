/** What differs between players, beyond their parameters. */
import type { MediaView, SegmentView } from "../../stream/reading/views.ts";
import type { Choice, Offered } from "../choosing/choice.ts";
import type { RequestKind, TrackKind } from "../requests.ts";

export interface Failure {
  readonly kind: RequestKind;
  /** How often this request has failed now. */
  readonly failures: number;
  readonly status: number;
  readonly timedOut: boolean;
  /** Of a segment: whether it is the newest one that is listed. */
  readonly isNewest: boolean;
  /** Whether another rendition of the track has not failed. */
  readonly canSwitch: boolean;
}

/** `stop`: the player cannot continue without it. */
export type AfterFailure =
  | { readonly do: "retry"; readonly afterMs: number }
  | { readonly do: "switch" | "skip" | "stop" };

export interface LiveEdge {
  readonly media: MediaView;
  /** Epoch ms by the server's clock. */
  readonly nowMs: number;
  /** HLS: when the playlist last brought something new. */
  readonly advancedMs: number;
  readonly stalls: number;
}

export interface BufferState {
  readonly track: TrackKind;
  readonly aheadMs: number;
  /** Of the video track, for a player whose sound follows its picture; null without one. */
  readonly videoAheadMs: number | null;
  readonly segmentMs: number;
  readonly bitsPerSecond: number;
  readonly isTop: boolean;
}

/** A change of rendition, before it is loaded. */
export interface Replacing {
  readonly isUp: boolean;
  /** Nothing but the first segment of the track was loaded. */
  readonly isAtStart: boolean;
  readonly positionMs: number;
  readonly aheadMs: number;
  readonly segmentMs: number;
}

export interface PlayerRules {
  readonly name: string;
  /** How often it looks again for something to load. */
  readonly tickMs: number;
  /** A gap of at most this length is played over. */
  readonly holeMs: number;
  /** Whether it loads and discards the first segment, to measure. */
  readonly testsBandwidth: boolean;
  /** Whether it keeps initialisation segments of renditions that it has left. */
  readonly keepsInits: boolean;
  /** How often a manifest's clock is asked again, after it was asked and after a failed segment. */
  readonly clockChecks: number;
  /** The least time between two such checks. */
  readonly clockChecksApartMs: number;
  timeoutMs(kind: RequestKind): number;
  afterFailure(failure: Failure): AfterFailure;
  choice(offered: readonly Offered[], track: TrackKind): Choice;
  wantsMore(buffer: BufferState): boolean;
  /** From where on what is buffered is loaded again, in the new rendition; null if nothing is. */
  replacesFromMs(change: Replacing): number | null;
  /** Where it plays to be live, on the presentation timeline. */
  livePositionMs(edge: LiveEdge): number;
  /** Where it continues when its position is no longer in the window. */
  lostPositionMs(edge: LiveEdge, oldest: SegmentView): number;
}
