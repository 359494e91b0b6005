/**
 * Spreads devices over a time. Each device always gets the same place, so that a repeated message
 * causes no new action.
 */

/**
 * A number in [0, 1) that depends on the text alone: FNV-1a, then mixed, because similar texts
 * would otherwise get similar numbers.
 */
export function unitOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

export interface Stretch {
  readonly from: number;
  readonly spread: number;
}

/**
 * When a device acts within the spread, or how long it waits: each at its own place, or all at the
 * start without jitter.
 */
export function placeIn(stretch: Stretch, jitter: boolean, who: string, what: string): number {
  return jitter ? spread(stretch.from, stretch.spread, who, what) : stretch.from;
}

/** A device polls within this time after its last poll… */
export const pollMs: Stretch = { from: 10_000, spread: 20_000 };

/** …at another place in it each time. */
export function pollAfterMs(device: string, epoch: string, nowMs: number, jitter: boolean): number {
  return placeIn(pollMs, jitter, device, `${epoch}-${Math.floor(nowMs / pollMs.from)}`);
}

/**
 * When a device acts: within `spreadMs` after `atMs`, at a place that depends on device and
 * subject.
 */
export function spread(atMs: number, spreadMs: number, who: string, what: string): number {
  return Math.round(atMs + spreadMs * unitOf(`${who}\n${what}`));
}
