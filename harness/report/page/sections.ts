/** The sections of a run's report. To add one, add a file beside this one and a line here. */
export { claims } from "./claims.ts";
export { maps } from "./map-figure.ts";
export { charts } from "./chart-figures.ts";
export { health } from "./health.ts";
export { rerun } from "./rerun.ts";
export { log } from "./log.ts";
export { environment } from "./environment.ts";
export { data } from "./data.ts";
