/**
 * The list of faults. A new one is a folder and a line here; its name is the `kind` that an
 * experiment gives.
 */
export { bandwidth } from "./bandwidth/fault.ts";
export { blackhole } from "./blackhole/fault.ts";
export { clockSkew } from "./clock-skew/fault.ts";
export { fullDisk } from "./full-disk/fault.ts";
export { kill } from "./kill/fault.ts";
export { latency } from "./latency/fault.ts";
export { operate } from "./operate/fault.ts";
export { outOfDescriptors } from "./out-of-descriptors/fault.ts";
export { packetLoss } from "./packet-loss/fault.ts";
export { partition } from "./partition/fault.ts";
export { pause } from "./pause/fault.ts";
export { regionLoss } from "./region-loss/fault.ts";
export { reset } from "./reset/fault.ts";
export { restartLoop } from "./restart-loop/fault.ts";
export { zoneLoss } from "./zone-loss/fault.ts";
