/**
 * The parameters of hls.js 1.7.4: defaults of `src/config.ts`, by the names that they have there.
 * What is a constant elsewhere in its source names its file.
 */
export const hlsJs = {
  name: "hls.js",
  version: "1.7.4",
  abrEwmaFastLiveS: 3,
  abrEwmaSlowLiveS: 9,
  abrEwmaDefaultEstimate: 500_000,
  abrBandWidthFactor: 0.95,
  abrBandWidthUpFactor: 0.7,
  maxStarvationDelayS: 4,
  maxLoadingDelayS: 4,
  /** `testBandwidth`: the first segment of the lowest rendition is loaded, measured, not played. */
  testBandwidth: true,
  maxBufferLengthMs: 30_000,
  maxBufferSizeBytes: 60_000_000,
  maxMaxBufferLengthMs: 600_000,
  maxBufferHoleMs: 100,
  liveSyncDurationCount: 3,
  /** `liveSyncOnStallIncrease`: each stall moves the target latency, at most a target duration. */
  liveSyncOnStallIncreaseMs: 1_000,
  /** `maxLiveSyncPlaybackRate` 1: it never plays faster. */
  maxLiveSyncPlaybackRate: 1,
  /** src/controller/stream-controller.ts, `TICK_INTERVAL`. */
  tickMs: 100,
  /** src/utils/ewma-bandwidth-estimator.ts: `defaultTTFB`, `minWeight_`, `minDelayMs_`. */
  defaultTtfbMs: 100,
  minWeightS: 0.001,
  minDelayMs: 50,
  fragLoadPolicy: {
    timeoutMs: 10_000,
    timeouts: { maxNumRetry: 4, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errors: { maxNumRetry: 6, retryDelayMs: 1_000, maxRetryDelayMs: 8_000 },
  },
  keyLoadPolicy: {
    timeoutMs: 8_000,
    timeouts: { maxNumRetry: 1, retryDelayMs: 1_000, maxRetryDelayMs: 20_000 },
    errors: { maxNumRetry: 8, retryDelayMs: 1_000, maxRetryDelayMs: 20_000 },
  },
  playlistLoadPolicy: {
    timeoutMs: 10_000,
    timeouts: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errors: { maxNumRetry: 2, retryDelayMs: 1_000, maxRetryDelayMs: 8_000 },
  },
  manifestLoadPolicy: {
    timeoutMs: 20_000,
    timeouts: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errors: { maxNumRetry: 1, retryDelayMs: 1_000, maxRetryDelayMs: 8_000 },
  },
} as const;
