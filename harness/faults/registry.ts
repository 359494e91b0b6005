/**
 * The registry of faults. To add one, add a folder and a line here. Its name is the `kind` in an
 * experiment.
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
export { restart } from "./restart/fault.ts";
export { restartLoop } from "./restart-loop/fault.ts";
export { zoneLoss } from "./zone-loss/fault.ts";
