/**
 * Spreads devices over a stretch of time: each always has the same place in it, so that a repeated
 * message asks for nothing new.
 */

/**
 * A number in [0, 1) that depends on the text alone: FNV-1a, then mixed, as neighbours would
 * otherwise come out beside one another.
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
 * When in the stretch a device acts, or how long it waits: each at its own place, or, without
 * jitter, all at its beginning.
 */
export function placeIn(stretch: Stretch, jitter: boolean, who: string, what: string): number {
  return jitter ? spread(stretch.from, stretch.spread, who, what) : stretch.from;
}

/** A device looks for news in this stretch after it last did… */
export const pollMs: Stretch = { from: 10_000, spread: 20_000 };

/** …and the next time at another place in it. */
export function pollAfterMs(device: string, epoch: string, nowMs: number, jitter: boolean): number {
  return placeIn(pollMs, jitter, device, `${epoch}-${Math.floor(nowMs / pollMs.from)}`);
}

/**
 * When a device acts: somewhere within `spreadMs` after `atMs`, its place decided by who it is and
 * what it is about.
 */
export function spread(atMs: number, spreadMs: number, who: string, what: string): number {
  return Math.round(atMs + spreadMs * unitOf(`${who}\n${what}`));
}
