/** The tags of a series: name and value. They distinguish the series of one metric. */
export type Tags = Readonly<Record<string, string>>;

/** The tag that names the entry service of a request by a user or the prober, in every record. */
export const entryTag = "entry";
