/**
 * What is announced to devices, as state: for each key only the latest word counts. A device is
 * therefore told everything it missed by being told the keys that changed since it last heard, and
 * nothing has to be remembered for it but how far it is.
 */

export interface Notice {
  readonly key: string;
  /** Orders the words about one key, in epoch ms; only a later one replaces what is there. */
  readonly timestampMs: number;
  /** When devices act on it: the first of them then, the last `spreadMs` later. Epoch ms. */
  readonly actAtMs: number;
  readonly spreadMs: number;
  /** JSON text. */
  readonly data: string;
}

export interface PostedNotice extends Notice {
  /** Counts up by one with every change to the board. */
  readonly seq: number;
}

export interface Board {
  /**
   * `stale` when the key's word is as new or newer, a replay too; `full` when there are too many
   * keys.
   */
  post(notice: Notice): "posted" | "stale" | "full";
  /** The latest words that are newer than `seq`, oldest first. */
  after(seq: number): PostedNotice[];
  readonly seq: number;
}

export function createBoard(keysMax: number): Board {
  const notices = new Map<string, PostedNotice>();
  let seq = 0;
  return {
    post(notice) {
      const known = notices.get(notice.key);
      if (known !== undefined && known.timestampMs >= notice.timestampMs) return "stale";
      if (known === undefined && notices.size >= keysMax) return "full";
      seq += 1;
      // Taken out first, so that the map stays in the order of change.
      notices.delete(notice.key);
      notices.set(notice.key, { ...notice, seq });
      return "posted";
    },
    after: (from) =>
      from >= seq ? [] : [...notices.values()].filter((notice) => notice.seq > from),
    get seq() {
      return seq;
    },
  };
}
