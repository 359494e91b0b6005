/**
 * Load shedding for a slow store. More than 40 % of store requests above the target latency is
 * overload. From there a cubic curve lowers the bar: first DVR, a little at a time, then live when
 * no DVR is left, and never writes.
 */

/** Priorities from 0 (never shed) to 100 (shed first). */
export const priorities = { publish: 0, start: 4, live: 5, dvrMin: 30, dvrMax: 100 } as const;

export const prioritiesMax = 100;

export const overloadShare = 0.4;

/** Shares of store requests above the target latency, and above the stall latency. */
export interface Slowness {
  readonly slowShare: number;
  readonly stalledShare: number;
}

/**
 * Requests with a higher priority are refused. A store that is merely slow never costs a live
 * request; one that stalls may.
 */
export function admittedPriorityMax({ slowShare, stalledShare }: Slowness): number {
  const overload = Math.min(1, Math.max(0, (slowShare - overloadShare) / (1 - overloadShare)));
  const bar = 100 * (1 - overload ** 3);
  return stalledShare > overloadShare ? bar : Math.max(bar, priorities.live);
}

/**
 * DVR requests are spread over their range by what they request, so that a rising bar cuts off a
 * rising part of them.
 */
export function dvrPriority(rendition: string, number: number): number {
  let hash = 2166136261;
  for (const character of `${rendition}/${number}`)
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  const unit = (hash >>> 8) / 2 ** 24;
  return priorities.dvrMin + unit * (priorities.dvrMax - priorities.dvrMin);
}

export interface StoreLoad {
  record(tookMs: number, nowMs: number): void;
  /** Zero while there are too few requests for a judgement. */
  slowness(nowMs: number): Slowness;
}

export interface StoreLoadOptions {
  readonly targetMs: number;
  readonly bearableMs: number;
  readonly windowMs: number;
  readonly samplesMin: number;
}

const slotCount = 10;

/** The shares over a sliding window, kept in slots so that the cost does not depend on the rate. */
export function createStoreLoad({
  targetMs,
  bearableMs,
  windowMs,
  samplesMin,
}: StoreLoadOptions): StoreLoad {
  const slotMs = windowMs / slotCount;
  let slots: { slot: number; all: number; slow: number; stalled: number }[] = [];
  const current = (nowMs: number): typeof slots => {
    const oldest = Math.floor(nowMs / slotMs) - slotCount + 1;
    if (slots[0] !== undefined && slots[0].slot < oldest)
      slots = slots.filter(({ slot }) => slot >= oldest);
    return slots;
  };
  return {
    record(tookMs, nowMs) {
      const slot = Math.floor(nowMs / slotMs);
      const kept = current(nowMs);
      let last = kept.at(-1);
      if (last === undefined || last.slot !== slot) {
        last = { slot, all: 0, slow: 0, stalled: 0 };
        kept.push(last);
      }
      last.all += 1;
      if (tookMs > targetMs) last.slow += 1;
      if (tookMs > bearableMs) last.stalled += 1;
    },
    slowness(nowMs) {
      const sum = { all: 0, slow: 0, stalled: 0 };
      for (const { all, slow, stalled } of current(nowMs)) {
        sum.all += all;
        sum.slow += slow;
        sum.stalled += stalled;
      }
      if (sum.all < samplesMin) return { slowShare: 0, stalledShare: 0 };
      return { slowShare: sum.slow / sum.all, stalledShare: sum.stalled / sum.all };
    },
  };
}
