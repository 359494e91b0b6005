/**
 * The word of another region's publication travels faster than its chunks do: for how long, and how
 * often, a segment that cannot be read yet is tried again.
 */

/** A copy in the other region's store is never later than this, or something is broken. */
export const replicationMsMax = 2_000;
/** Tried again this long after, or as soon as another candidate is known… */
export const unreadableRetryMs = 40;
/** …and so often. */
export const unreadableTriesMax = 5;
