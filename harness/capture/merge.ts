/** Merges several logs, each in order of time, into one. */
import type { Timed } from "./reorder.ts";

interface Head<T> {
  readonly batches: AsyncGenerator<readonly T[]>;
  rows: readonly T[];
  at: number;
}

/** Holds one batch of each input. */
export async function* merged<T extends Timed>(
  inputs: readonly AsyncGenerator<readonly T[]>[],
): AsyncGenerator<readonly T[]> {
  const heads: Head<T>[] = [];
  for (const batches of inputs) {
    const head = { batches, rows: [], at: 0 };
    if (await refilled(head)) heads.push(head);
  }
  while (heads.length > 0) {
    const out: T[] = [];
    let empty: Head<T> | null = null;
    while (empty === null) {
      let first = heads[0] as Head<T>;
      for (const head of heads) if (atOf(head) < atOf(first)) first = head;
      out.push(first.rows[first.at++] as T);
      if (first.at === first.rows.length) empty = first;
    }
    yield out;
    if (!(await refilled(empty))) heads.splice(heads.indexOf(empty), 1);
  }
}

const atOf = <T extends Timed>({ rows, at }: Head<T>): number => rows[at]?.atMs ?? 0;

async function refilled<T>(head: Head<T>): Promise<boolean> {
  for (;;) {
    const { value, done } = await head.batches.next();
    if (done === true) return false;
    if (value.length === 0) continue;
    head.rows = value;
    head.at = 0;
    return true;
  }
}
