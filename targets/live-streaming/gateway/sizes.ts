/** Sizes and rhythms of a gateway that no configuration sets. */

/**
 * Less than the 20 of the algorithm's authors: starts that wait for one signer must be done before
 * their devices give up, even when it is slow.
 */
const limitMinPerSigner = 4;
const limitInitialPerSigner = 20;

/** Session starts taken on at once. */
export const limitOf = (signers: number): { readonly min: number; readonly initial: number } => ({
  min: limitMinPerSigner * signers,
  initial: limitInitialPerSigner * signers,
});

export const noticeKeysMax = 256;
/** Events stored with one write, and the pause between two. */
export const batch = { batchMax: 2_000, pauseMs: 100 } as const;
/** Sessions are forgotten and moved this often. */
export const tendMs = 1_000;
/** Moved in one go; the rest follow a moment later. */
export const movesAtOnce = 2_000;
