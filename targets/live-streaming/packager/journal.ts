/** What became of every segment, in the order in which it was decided; a bounded ring that is read from a sequence number onwards. */

export interface Entry {
  readonly seq: number;
  /** Epoch ms at which the PUT ended, and began. */
  readonly atMs: number;
  readonly startedMs: number;
  readonly number: number;
  readonly rendition: string;
  readonly pipeline: string;
  readonly outcome: "acked" | "lost";
  /** Of the last attempt; 0 when there was no answer. */
  readonly status: number;
  readonly tookMs: number;
  readonly attempts: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly backfill: boolean;
}

export interface Journal {
  add(entry: Omit<Entry, "seq">): void;
  /** NDJSON of what came after `seq`; what the ring has lost is gone, which the reader sees from the gap. */
  after(seq: number): string;
}

export function createJournal(entriesMax: number): Journal {
  let entries: Entry[] = [];
  let seq = 0;
  return {
    add(entry) {
      seq += 1;
      entries.push({ seq, ...entry });
      // Cut in halves, so that a long run does not shift the array at every entry.
      if (entries.length > 2 * entriesMax) entries = entries.slice(-entriesMax);
    },
    after(from) {
      const first = entries[0]?.seq ?? 1;
      return entries.slice(Math.max(0, from + 1 - first)).map((entry) => `${JSON.stringify(entry)}\n`).join("");
    },
  };
}
