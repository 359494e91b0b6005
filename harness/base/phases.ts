/** The judged phases of a run, in chronological order. */
export const phases = ["baseline", "fault", "recovery"] as const;
export type Phase = (typeof phases)[number];

export function isPhase(phase: string): phase is Phase {
  return (phases as readonly string[]).includes(phase);
}

/** Length of the lead-in: caches fill and virtual users settle. Its samples are not judged. */
export const leadInMs = 4_000;
