/** The behaviour of dash.js 5.2.1 (src/streaming/). */
import { windowOf } from "../../stream/reading/segments.ts";
import { DashJsChoice } from "../choosing/dash-js.ts";
import type { RequestKind } from "../requests.ts";
import { dashJs } from "./dash-js.ts";
import type {
  AfterFailure,
  BufferState,
  Failure,
  LiveEdge,
  PlayerRules,
  Replacing,
} from "./rules.ts";

const types = {
  manifest: "manifest",
  playlist: "other",
  init: "init",
  segment: "segment",
  key: "other",
  clock: "other",
} as const satisfies Record<RequestKind, keyof typeof dashJs.retryAttempts>;

/**
 * net/HTTPLoader.js: whatever the answer, it asks again at a fixed interval. Without another
 * address, a request that failed too often ends the track (`URL_RESOLUTION_FAILED`).
 */
function afterFailure({ kind, failures }: Failure): AfterFailure {
  return failures <= dashJs.retryAttempts[types[kind]]
    ? { do: "retry", afterMs: dashJs.retryIntervalsMs[types[kind]] }
    : { do: "stop" };
}

/** ScheduleController.js: the sound follows the picture. */
function wantsMore({ track, aheadMs, videoAheadMs, segmentMs, isTop }: BufferState): boolean {
  if (track === "audio" && videoAheadMs !== null)
    return aheadMs < Math.max(videoAheadMs + 1_000, segmentMs);
  const targetMs = 1_000 * (isTop ? dashJs.bufferTimeAtTopQualityS : dashJs.bufferTimeDefaultS);
  return aheadMs + (targetMs > segmentMs ? segmentMs : 0) < targetMs;
}

/** PlaybackController.js: `computeAndSetLiveDelay`; the edge is the clock's. */
function livePositionMs({ media, nowMs }: LiveEdge): number {
  const { fromMs, toMs, newest } = windowOf(media, nowMs);
  if (media.format !== "dash") return toMs;
  const { latency, suggestedPresentationDelayMs, availabilityStartMs, dynamic } = media.manifest;
  if (!dynamic) return fromMs;
  const segmentMs = newest?.durationMs ?? 0;
  const delayMs =
    latency?.targetMs ?? suggestedPresentationDelayMs ?? dashJs.fragmentDurationFactor * segmentMs;
  return Math.max(fromMs, nowMs - availabilityStartMs - delayMs);
}

/**
 * StreamProcessor.js, `fastSwitchEnabled`: on the way up, all but the next one and a half segments
 * is loaded again. A change right after the first segment loads that again, because the seek to the
 * start follows it.
 */
function replacesFromMs(change: Replacing): number | null {
  const { isUp, isAtStart, positionMs, aheadMs, segmentMs } = change;
  if (isAtStart) return positionMs;
  const keptMs = dashJs.fastSwitchKeeps * segmentMs;
  return isUp && aheadMs >= keptMs ? positionMs + keptMs : null;
}

export const dashJsRules: PlayerRules = {
  name: dashJs.name,
  tickMs: dashJs.schedulingMs,
  holeMs: dashJs.smallGapLimitMs,
  testsBandwidth: false,
  keepsInits: false,
  clockChecks: dashJs.backgroundAttempts,
  clockChecksApartMs: dashJs.backgroundSyncApartMs,
  timeoutMs: (kind) =>
    kind === "manifest" ? dashJs.manifestRequestTimeoutMs : dashJs.fragmentRequestTimeoutMs,
  afterFailure,
  choice: (offered, track) => new DashJsChoice(offered, track),
  wantsMore,
  replacesFromMs,
  livePositionMs,
  // Playback does not go before the window of the time-shift buffer.
  lostPositionMs: (_edge, oldest) => oldest.startMs,
};
