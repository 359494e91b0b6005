/** What tells the series of one metric apart: name and value. */
export type Tags = Readonly<Record<string, string>>;

/**
 * The service where users go in, of what a user or the prober asked, goes by this tag in every
 * record.
 */
export const entryTag = "entry";
