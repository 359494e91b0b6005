/**
 * Classes of requests. Every sample that stems from a request carries one of these as its tag
 * `lane`. The first is protected most.
 */
export const trafficClasses = [
  "publish",
  "live",
  "start",
  "broadcast",
  "dvr",
  "ingest",
  "junk",
] as const;
