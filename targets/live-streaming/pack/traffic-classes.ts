/**
 * Traffic classes. Every sample of a request carries one as its tag `lane`. The first is protected
 * most.
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
