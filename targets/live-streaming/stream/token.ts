/**
 * The token of one publication: when it was made, and 128 random bits. A replay carries the same
 * token and so changes nothing; of two tokens for the same leaf the later wins wherever they are
 * written, because the store is told to order by the token's own time.
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

/** Makes tokens whose time never repeats and never steps back, even when the clock does. */
export function tokenMaker(nowMs: () => number, randomHex: () => string): () => string {
  let lastMs = 0;
  return () => {
    lastMs = Math.max(lastMs + 1, Math.floor(nowMs()));
    return `${lastMs}-${randomHex()}`;
  };
}
