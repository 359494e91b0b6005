import type { SeriesData } from "../metrics/samples.ts";
import type { Tags } from "../metrics/tags.ts";

/** Finds the series of a run with this metric and all of these tags. */
export type Find = (metric: string, where?: Tags) => readonly SeriesData[];
