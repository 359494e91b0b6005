/** One example for each fault: a fault without one does not compile. */
import type { FaultName, FaultOf } from "../../../harness/faults/faults.ts";
import type { Fault } from "../../../harness/faults/faults.ts";
import { faults } from "../../../targets/live-streaming/index.ts";

export const bandwidth: FaultOf<"bandwidth"> = {
  kind: "bandwidth",
  links: { from: { service: "edge" }, to: { kind: "origin" } },
  bytesPerSecond: 50_000,
};
export const blackhole: FaultOf<"blackhole"> = { kind: "blackhole", zone: "zone-a" };
export const clockSkew: FaultOf<"clockSkew"> = {
  kind: "clockSkew",
  service: "origin-a",
  byMs: -30_000,
};
export const fullDisk: FaultOf<"fullDisk"> = { kind: "fullDisk", service: "origin-a" };
export const kill: FaultOf<"kill"> = { kind: "kill", service: "origin-a" };
export const latency: FaultOf<"latency"> = {
  kind: "latency",
  links: { from: { service: "edge" }, to: { kind: "origin" } },
  delayMs: 200,
  jitterMs: 50,
};
export const operate: FaultOf<"operate"> = {
  kind: "operate",
  service: "origin-a",
  operation: "deploy",
  look: { operation: "version", shows: "1.5.0" },
  undo: { operation: "rollback" },
};
export const outOfDescriptors: FaultOf<"outOfDescriptors"> = {
  kind: "outOfDescriptors",
  service: "origin-a",
};
export const packetLoss: FaultOf<"packetLoss"> = {
  kind: "packetLoss",
  service: "origin-a",
  share: 0.05,
};
export const partition: FaultOf<"partition"> = {
  kind: "partition",
  links: { between: [{ service: "edge" }, { service: "origin-a" }] },
};
export const pause: FaultOf<"pause"> = { kind: "pause", service: "origin-a" };
export const regionLoss: FaultOf<"regionLoss"> = { kind: "regionLoss", region: "region-a" };
export const reset: FaultOf<"reset"> = {
  kind: "reset",
  links: { to: { service: "origin-a" } },
};
export const restartLoop: FaultOf<"restartLoop"> = {
  kind: "restartLoop",
  service: "origin-a",
  everyMs: 2_000,
};
export const zoneLoss: FaultOf<"zoneLoss"> = { kind: "zoneLoss", zone: "zone-a" };

export const badSegments: Fault = faults.badSegments({
  service: "region-a/packager-a",
  defect: "short",
  segments: 3,
});
export const coldCache: Fault = faults.coldCache({ service: "region-a/cache-1" });
export const slowStore: Fault = faults.slowStore({ delayMs: 250, jitterMs: 50 });

type Shown = typeof import("./faults.ts");
/** Does not compile while a fault of the registry has no example. */
true satisfies [FaultName] extends [keyof Shown] ? true : never;
