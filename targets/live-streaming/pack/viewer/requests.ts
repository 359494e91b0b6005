/** What a modelled viewer asks, and what it is answered. Plain data: its driver does I/O. */
import type { ByteRange } from "../stream/reading/views.ts";

/** `clock`: the time of the server, which a manifest names. */
export type RequestKind = "manifest" | "playlist" | "init" | "segment" | "key" | "clock";

export type TrackKind = "video" | "audio";

export interface Wanted {
  /** Unique for one viewer. */
  readonly id: number;
  readonly kind: RequestKind;
  readonly url: string;
  readonly range?: ByteRange;
  /** Of requests for one rendition. */
  readonly track?: TrackKind;
  readonly rendition?: string;
  /** Of a segment: its number, and how long it plays, in ms. */
  readonly sequence?: number;
  readonly durationMs?: number;
  /** Of a segment: the bits per second of its rendition, and the most of any rendition. */
  readonly bitsPerSecond?: number;
  readonly topBitsPerSecond?: number;
  readonly timeoutMs: number;
  /** Whether the viewer reads the body; all others are read to their end and discarded. */
  readonly isText: boolean;
}

/** Times are epoch ms. */
export interface Answer {
  /** 0 without one: refused, broken off or timed out. */
  readonly status: number;
  readonly timedOut?: boolean;
  /** When the request was sent, and when its first and last byte arrived. */
  readonly askedMs: number;
  readonly firstByteMs: number;
  readonly endMs: number;
  /** Of the body; null if unknown. */
  readonly bytes: number | null;
  readonly text?: string;
  /** After redirects, where that differs. */
  readonly url?: string;
}

/** What happened to a viewer, for its account. */
export type Noted =
  | { readonly what: "started"; readonly afterMs: number }
  /** `open`: the session ended in it. */
  | { readonly what: "stall"; readonly forMs: number; readonly open: boolean }
  | {
      readonly what: "switch";
      readonly track: TrackKind;
      readonly from: string;
      readonly to: string;
      readonly direction: "up" | "down";
    }
  /** Given up: a segment that is skipped, or a request without which the player cannot continue. */
  | { readonly what: "failure"; readonly kind: RequestKind; readonly fatal: boolean }
  | { readonly what: "over"; readonly why: Why };

/** `left`: the viewer closed the player. `ended`: the stream did. `failed`: the player gave up. */
export type Why = "left" | "ended" | "failed";

export interface Step {
  readonly requests: readonly Wanted[];
  /** When the player is to be woken, in epoch ms, if no answer comes before; null once over. */
  readonly wakeAtMs: number | null;
  readonly noted: readonly Noted[];
}
