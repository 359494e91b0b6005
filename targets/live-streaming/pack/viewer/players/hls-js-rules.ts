/** The behaviour of hls.js 1.7.4 (src/controller/). */
import { holdBackMs, windowOf } from "../../stream/reading/segments.ts";
import { HlsJsChoice } from "../choosing/hls-js.ts";
import type { RequestKind } from "../requests.ts";
import { hlsJs } from "./hls-js.ts";
import type { AfterFailure, Failure, LiveEdge, PlayerRules } from "./rules.ts";

const policies = {
  manifest: hlsJs.manifestLoadPolicy,
  playlist: hlsJs.playlistLoadPolicy,
  init: hlsJs.fragLoadPolicy,
  segment: hlsJs.fragLoadPolicy,
  key: hlsJs.keyLoadPolicy,
  clock: hlsJs.manifestLoadPolicy,
} as const satisfies Record<RequestKind, unknown>;

/**
 * error-controller.ts: no answer of 4xx is asked for again. Another level takes its place; without
 * one, a live segment is a gap, unless it is the newest: that one may still appear.
 */
function afterFailure(failure: Failure): AfterFailure {
  const { kind, failures, status, timedOut, isNewest, canSwitch } = failure;
  const { timeouts, errors } = policies[kind];
  const policy = timedOut ? timeouts : errors;
  const retry: AfterFailure | null =
    failures <= policy.maxNumRetry
      ? {
          do: "retry",
          afterMs: Math.min(policy.retryDelayMs * 2 ** (failures - 1), policy.maxRetryDelayMs),
        }
      : null;
  const isRefused = status >= 400 && status < 500;
  if (retry !== null && !isRefused) return retry;
  if (kind === "manifest" || kind === "clock") return { do: "stop" };
  if (canSwitch) return { do: "switch" };
  if (kind !== "segment") return { do: "stop" };
  if (!isNewest) return { do: "skip" };
  return retry ?? { do: "stop" };
}

/** latency-controller.ts: `liveSyncPosition`. */
function livePositionMs({ media, nowMs, advancedMs, stalls }: LiveEdge): number {
  const { fromMs, toMs, newest } = windowOf(media, nowMs);
  const targetMs = media.format === "hls" ? media.targetDurationMs : (newest?.durationMs ?? 0);
  const own = holdBackMs(media, false);
  const latencyMs =
    (own > 0 ? own : hlsJs.liveSyncDurationCount * targetMs) +
    Math.min(stalls * hlsJs.liveSyncOnStallIncreaseMs, targetMs);
  const edgeMs = toMs + Math.max(0, nowMs - advancedMs);
  // `edgeStalled`: a playlist that is three target durations old moves the edge no further.
  const stalledMs = Math.max(0, nowMs - advancedMs - 3 * targetMs);
  return Math.min(Math.max(fromMs, edgeMs - latencyMs - stalledMs), toMs - targetMs);
}

export const hlsJsRules: PlayerRules = {
  name: hlsJs.name,
  tickMs: hlsJs.tickMs,
  holeMs: hlsJs.maxBufferHoleMs,
  testsBandwidth: hlsJs.testBandwidth,
  keepsInits: true,
  clockChecks: 0,
  clockChecksApartMs: 0,
  timeoutMs: (kind) => policies[kind].timeoutMs,
  afterFailure,
  choice: (offered) => new HlsJsChoice(offered),
  wantsMore: ({ aheadMs, bitsPerSecond }) => {
    const bySizeMs = bitsPerSecond > 0 ? (8_000 * hlsJs.maxBufferSizeBytes) / bitsPerSecond : 0;
    return (
      aheadMs < Math.min(Math.max(bySizeMs, hlsJs.maxBufferLengthMs), hlsJs.maxMaxBufferLengthMs)
    );
  },
  // A new level is appended to what is buffered.
  replacesFromMs: () => null,
  livePositionMs,
  // stream-controller.ts: `synchronizeToLiveEdge`.
  lostPositionMs: livePositionMs,
};
