/** Sizes and intervals of a gateway that no configuration sets. */

/**
 * Below the 20 of the algorithm's authors. Starts that wait for one signer must finish before their
 * devices give up, even if it is slow.
 */
const limitMinPerSigner = 4;
const limitInitialPerSigner = 20;

/** Concurrent session starts. */
export const limitOf = (signers: number): { readonly min: number; readonly initial: number } => ({
  min: limitMinPerSigner * signers,
  initial: limitInitialPerSigner * signers,
});

export const noticeKeysMax = 256;
/** Events per write, and the pause between two writes. */
export const batch = { batchMax: 2_000, pauseMs: 100 } as const;
/** The interval at which sessions expire and move. */
export const maintainMs = 1_000;
/** Sessions moved at once. The rest follow a moment later. */
export const movesAtOnce = 2_000;
