/**
 * How much a stream may say. Chosen values, far beyond real streams: a day of 2 s segments has
 * 43 200, and 4 MB of text.
 */
export const textCharsMax = 16 * 1024 * 1024;
export const segmentsMax = 200_000;
export const renditionsMax = 2_000;
export const periodsMax = 5_000;
/** Of alternatives to one address. */
export const placesMax = 8;
