/**
 * Announcements to devices, as state: only the latest value of each key counts. A device catches up
 * by receiving the keys that changed since its cursor. The cursor is all that the gateway keeps per
 * device.
 */

export interface Notice {
  readonly key: string;
  /** Orders the values of one key, in epoch ms. Only a later value replaces the present one. */
  readonly timestampMs: number;
  /** When devices act, in epoch ms: the first at this time, the last `spreadMs` later. */
  readonly actAtMs: number;
  readonly spreadMs: number;
  /** JSON text. */
  readonly data: string;
}

export interface PostedNotice extends Notice {
  /** Increases by one with every change to the board. */
  readonly seq: number;
}

export interface Board {
  /**
   * `stale` if the key's value is as new or newer, as with a replay. `full` if there are too many
   * keys.
   */
  post(notice: Notice): "posted" | "stale" | "full";
  /** The latest values newer than `seq`, oldest first. */
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
      // Removed first, so that the map stays in the order of changes.
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
