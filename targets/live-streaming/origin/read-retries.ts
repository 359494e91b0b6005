/**
 * How long and how often an origin retries a segment that is announced but not yet readable. The
 * announcement from another region arrives before the chunks do.
 */

/** The longest delay of a copy in the other region's store, unless something is broken. */
export const replicationMsMax = 2_000;
/** The pause before a retry, which a new candidate ends early… */
export const unreadableRetryMs = 40;
/** …and the number of retries. */
export const unreadableTriesMax = 5;
