import type { SeriesData } from "../metrics/samples.ts";
import type { Tags } from "../metrics/tags.ts";

/** The series of a run that have this metric and carry all of these tags. */
export type Find = (metric: string, where?: Tags) => readonly SeriesData[];
