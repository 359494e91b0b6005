/**
 * Who is refused when the store is slow. A share of store requests above the target latency of more than 40 % is overload; from there a cubic
 * curve lowers the bar: DVR goes first, a little at a time, live only when there is nothing else left to give, and writes never.
 */

/** Priorities from 0 (never shed) to 100 (shed first). */
export const priorities = { publish: 0, start: 4, live: 5, dvrMin: 30, dvrMax: 100 } as const;

export const overloadShare = 0.4;

/** Requests whose priority is above this are refused. `slowShare` is the share of store requests over the target latency. */
export function admittedPriorityMax(slowShare: number): number {
  const overload = Math.min(1, Math.max(0, (slowShare - overloadShare) / (1 - overloadShare)));
  return 100 * (1 - overload ** 3);
}

/** DVR requests are spread over their range by what they ask for, so that a rising bar cuts off a rising part of them. */
export function dvrPriority(rendition: string, number: number): number {
  let hash = 2166136261;
  for (const character of `${rendition}/${number}`) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  const unit = (hash >>> 8) / 2 ** 24;
  return priorities.dvrMin + unit * (priorities.dvrMax - priorities.dvrMin);
}

export interface StoreLoad {
  record(tookMs: number, nowMs: number): void;
  /** 0 while there are too few requests to tell. */
  slowShare(nowMs: number): number;
}

export interface StoreLoadOptions {
  readonly targetMs: number;
  readonly windowMs: number;
  readonly samplesMin: number;
}

/** The share of slow requests over a sliding window, kept in slots so that it costs the same at any rate. */
export function createStoreLoad({ targetMs, windowMs, samplesMin }: StoreLoadOptions): StoreLoad {
  const slotMs = windowMs / 10;
  let slots: { slot: number; all: number; slow: number }[] = [];
  const current = (nowMs: number): typeof slots => {
    const oldest = Math.floor(nowMs / slotMs) - 9;
    if (slots[0] !== undefined && slots[0].slot < oldest) slots = slots.filter(({ slot }) => slot >= oldest);
    return slots;
  };
  return {
    record(tookMs, nowMs) {
      const slot = Math.floor(nowMs / slotMs);
      const kept = current(nowMs);
      let last = kept.at(-1);
      if (last === undefined || last.slot !== slot) kept.push(last = { slot, all: 0, slow: 0 });
      last.all += 1;
      if (tookMs > targetMs) last.slow += 1;
    },
    slowShare(nowMs) {
      let all = 0;
      let slow = 0;
      for (const each of current(nowMs)) {
        all += each.all;
        slow += each.slow;
      }
      return all < samplesMin ? 0 : slow / all;
    },
  };
}
