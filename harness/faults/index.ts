/** The table of faults. A kind without an injector does not compile. */
import type { Injectors } from "../core/ports.ts";
import { badSegments } from "./bad-segments.ts";
import { bandwidth } from "./bandwidth.ts";
import { blackhole } from "./blackhole.ts";
import { clockSkew } from "./clock-skew.ts";
import { coldCache } from "./cold-cache.ts";
import { fullDisk } from "./full-disk.ts";
import { kill } from "./kill.ts";
import { latency } from "./latency.ts";
import { operate } from "./operate.ts";
import { packetLoss } from "./packet-loss.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";
import { regionLoss } from "./region-loss.ts";
import { reset } from "./reset.ts";
import { restartLoop } from "./restart-loop.ts";
import { slowStore } from "./slow-store.ts";
import { zoneLoss } from "./zone-loss.ts";

export const injectors: Injectors = {
  kill, pause, restartLoop, latency, bandwidth, reset, partition, zoneLoss, regionLoss, blackhole, slowStore, coldCache, fullDisk, clockSkew, badSegments, operate, packetLoss,
};
