/** Six times as many viewers come, and one of the two origins dies under them. */
import { defineExperiment } from "seawall";
import { audience, packagedOnce, phasesMs, recovers, served } from "../audience.ts";
import { mylive } from "../target.ts";

export default defineExperiment({
  name: "origin-storm",
  title: "Origin storm: a crowd comes, and an origin dies",
  story:
    "Six times as many viewers want each new segment, and one of two origins is killed. The edge " +
    "asks the other one, and asks once for all of them, so no picture stands still.",
  tier: "storm",
  target: mylive,
  topology: "own",
  phasesMs,
  load: audience(6),
  hypothesis: [...served, packagedOnce],
  recovery: recovers,
  method: [{ atMs: 1_000, forMs: 4_000, fault: { kind: "kill", service: "origin-a" } }],
  blastRadius: { services: ["origin-a"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { failover: ["hls-served", "dash-served"], cacheLock: ["packaged-once"] },
});
