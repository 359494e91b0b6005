/** What tells the series of one metric apart: name and value. */
export type Tags = Readonly<Record<string, string>>;
