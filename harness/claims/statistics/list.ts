/** The statistics that a claim can use. To add one, add a file beside this one and a line here. */
export { clearsAfter, firesAfter } from "./after-fault.ts";
export { count } from "./count.ts";
export { max } from "./max.ts";
export { mean } from "./mean.ts";
export { p50 } from "./p50.ts";
export { p90 } from "./p90.ts";
export { p95 } from "./p95.ts";
export { p99 } from "./p99.ts";
export { rate } from "./rate.ts";
export { ratio } from "./ratio.ts";
export { share } from "./share.ts";
export { sum } from "./sum.ts";
export { windowsWithout } from "./windows-without.ts";
export { within } from "./within.ts";
