/** Reads a packager's record of its PUTs: one line per segment that was acknowledged or lost. */
import { z } from "zod";
import type { SampleSink } from "../../../../harness/metrics/samples.ts";

const entry = z.object({
  seq: z.number().int(),
  startedMs: z.number(),
  atMs: z.number(),
  number: z.number().int(),
  rendition: z.string(),
  pipeline: z.string(),
  outcome: z.enum(["acked", "lost"]),
  refusals: z.number().int().min(0),
  backfill: z.boolean(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type JournalEntry = z.infer<typeof entry>;

/**
 * Entries after `after`, in order. A malformed line throws, because an unreadable journal proves
 * nothing.
 */
export function parseJournal(text: string, after: number): JournalEntry[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => entry.parse(JSON.parse(line)))
    .filter((one) => one.seq > after)
    .sort((a, b) => a.seq - b.seq);
}

/**
 * Publications before the target was up are history: no viewer of this run waited for them.
 * `region`: the packager's region.
 */
export function sinkJournal(
  entries: readonly JournalEntry[],
  region: string,
  sink: SampleSink,
): void {
  for (const one of entries) {
    if (one.backfill) continue;
    const tags = {
      region,
      pipeline: one.pipeline,
      rendition: one.rendition,
      outcome: one.outcome,
      refused: one.refusals > 0 ? "yes" : "no",
    };
    const series = sink.series({ metric: "publish_ms", kind: "duration", tags });
    sink.sample(series, one.atMs, one.atMs - one.startedMs);
  }
}
