/** The phases of a run that are judged, in the order of time. */
export const phases = ["baseline", "fault", "recovery"] as const;
export type Phase = (typeof phases)[number];

/** Caches fill and virtual users settle before the baseline; not judged. */
export const leadInMs = 4_000;
