/**
 * The parameters of dash.js 5.2.1: defaults of `src/core/Settings.js`, by the names that they have
 * there. What is a constant elsewhere in its source names its file.
 */
export const dashJs = {
  name: "dash.js",
  version: "5.2.1",
  /** `abr.throughput.ewma` and `bandwidthSafetyFactor`. */
  throughputFastHalfLifeSeconds: 3,
  throughputSlowHalfLifeSeconds: 8,
  weightDownloadTimeMultiplicationFactor: 0.0015,
  bandwidthSafetyFactor: 0.9,
  /** `abr.rules.insufficientBufferRule.parameters`. */
  throughputSafetyFactor: 0.7,
  segmentIgnoreCount: 2,
  /** `abr.rules.switchHistoryRule.parameters`. */
  sampleSize: 8,
  switchPercentageThreshold: 0.075,
  /** src/streaming/controllers/AbrController.js: `DEFAULT_VIDEO_BITRATE`, `DEFAULT_BITRATE`. */
  defaultVideoBitrate: 1_000_000,
  defaultAudioBitrate: 100_000,
  /** src/streaming/rules/abr/BolaRule.js. */
  minimumBufferS: 10,
  minimumBufferPerBitrateLevelS: 2,
  placeholderBufferDecay: 0.99,
  /** `buffer`. */
  bufferTimeDefaultS: 18,
  bufferTimeAtTopQualityS: 30,
  /** `gaps.smallGapLimit`; larger ones are jumped, too (`jumpLargeGaps`). */
  smallGapLimitMs: 1_500,
  /** `scheduling.defaultTimeout`: how often it looks again for something to load. */
  schedulingMs: 500,
  /** src/streaming/controllers/PlaybackController.js, `FRAGMENT_DURATION_FACTOR`. */
  fragmentDurationFactor: 4,
  fragmentRequestTimeoutMs: 20_000,
  manifestRequestTimeoutMs: 10_000,
  /** `utcSynchronization.backgroundAttempts`. */
  backgroundAttempts: 2,
  /** TimeSyncController.js, `DEFAULT_MINIMUM_TIME_BETWEEN_BACKGROUND_SYNC_ATTEMPTS`. */
  backgroundSyncApartMs: 30_000,
  /** `utcSynchronization.maximumAllowedDrift`. */
  maximumAllowedDriftMs: 100,
  /** src/streaming/StreamProcessor.js: what stays in the buffer on a way up, in segments. */
  fastSwitchKeeps: 1.5,
  /** `retryIntervals` and `retryAttempts`, by type of request. */
  retryIntervalsMs: { manifest: 500, init: 1_000, segment: 1_000, other: 1_000 },
  retryAttempts: { manifest: 3, init: 3, segment: 3, other: 3 },
} as const;
