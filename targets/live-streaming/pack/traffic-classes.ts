/** Classes of requests. Every sample that stems from a request carries one of these as its tag `lane`. */
export const trafficClasses = ["live", "dvr", "start", "ingest", "broadcast", "publish", "junk"] as const;
