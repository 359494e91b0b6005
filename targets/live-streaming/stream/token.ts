/**
 * The token of one publication: its time and 128 random bits. A replay carries the same token and
 * so changes nothing. Of two tokens for one leaf the later wins, in any order of writing, because
 * the store orders by the token's time.
 */

export interface Token {
  readonly madeAtMs: number;
  readonly nonce: string;
}

const shape = /^([0-9]{13})-([0-9a-f]{32})$/;

export function parseToken(text: string): Token | null {
  const match = shape.exec(text);
  return match?.[1] === undefined || match[2] === undefined
    ? null
    : { madeAtMs: Number(match[1]), nonce: match[2] };
}

/** Makes tokens whose time never repeats or decreases, even if the clock does. */
export function tokenMaker(nowMs: () => number, randomHex: () => string): () => string {
  let lastMs = 0;
  return () => {
    lastMs = Math.max(lastMs + 1, Math.floor(nowMs()));
    return `${lastMs}-${randomHex()}`;
  };
}
