/**
 * Puts the requests of one log in order. A server writes a line when its answer ends, so lines are
 * out of order by as long as answers take.
 */
export interface Timed {
  readonly atMs: number;
}

/** A request may stand so much later in its log than one that came after it. */
export const windowMs = 60_000;
const rowsMax = 200_000;
const sortedAt = 20_000;
/** Fewer requests than `fewRows`, an hour or more from all others, are of a wrong clock. */
const apartMs = 3_600_000,
  fewRows = 16;

export class Reorder<T extends Timed> {
  readonly #release: (rows: readonly T[]) => void;
  #pending: T[] = [];
  #sortAt = sortedAt;
  #releasedMs = Number.NEGATIVE_INFINITY;
  /** Rows that came after a later one had been released. */
  late = 0;
  /** Rows of a wrong clock. One of them must not make all that follow late. */
  strayTime = 0;

  constructor(release: (rows: readonly T[]) => void) {
    this.#release = release;
  }

  push(row: T): void {
    if (row.atMs < this.#releasedMs) {
      this.late++;
      return;
    }
    this.#pending.push(row);
    if (this.#pending.length >= this.#sortAt) this.#drain(false);
  }

  /** Call this after the last row. */
  end(): void {
    this.#drain(true);
  }

  #drain(isLast: boolean): void {
    this.#pending.sort((a, b) => a.atMs - b.atMs);
    if (this.#releasedMs === Number.NEGATIVE_INFINITY) this.#dropFirstStrays();
    const solid = this.#solid();
    if (isLast) {
      this.strayTime += this.#pending.length - solid;
      this.#pending.length = solid;
      this.#let(solid);
      return;
    }
    const untilMs = (this.#pending[solid - 1]?.atMs ?? 0) - windowMs;
    const done = this.#pending.findIndex(({ atMs }) => atMs >= untilMs);
    this.#let(Math.max(done, solid - rowsMax));
    // Each row is sorted a few times at most.
    this.#sortAt = Math.max(sortedAt, 2 * this.#pending.length);
  }

  #isApart(at: number): boolean {
    const [row, before] = [this.#pending[at], this.#pending[at - 1]];
    return row !== undefined && before !== undefined && row.atMs - before.atMs > apartMs;
  }

  /** The number of rows before a few that are far ahead. */
  #solid(): number {
    const { length } = this.#pending;
    let solid = length;
    for (let at = length - 1; at >= fewRows && length - at < fewRows; at--)
      if (this.#isApart(at)) solid = at;
    return solid;
  }

  #dropFirstStrays(): void {
    let strays = 0;
    for (let at = 1; at < fewRows && this.#pending.length - at >= fewRows; at++)
      if (this.#isApart(at)) strays = at;
    this.strayTime += strays;
    this.#pending.splice(0, strays);
  }

  #let(count: number): void {
    if (count <= 0) return;
    const rows = this.#pending.slice(0, count);
    this.#pending = this.#pending.slice(count);
    this.#releasedMs = rows.at(-1)?.atMs ?? this.#releasedMs;
    this.#release(rows);
  }
}
