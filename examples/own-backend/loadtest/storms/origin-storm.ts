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
  phasesMs: { ...phasesMs, fault: 9_000 },
  load: audience(6),
  hypothesis: [...served, packagedOnce],
  recovery: recovers,
  // Longer than a viewer's buffer of 6 s: without failover, those of the first 1.5 s cannot be
  // served, however quickly an origin starts.
  method: [{ atMs: 500, forMs: 7_500, fault: { kind: "kill", service: "origin-a" } }],
  blastRadius: { services: ["origin-a"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { failover: ["hls-served", "dash-served"], cacheLock: ["packaged-once"] },
});
