/** For four seconds no viewer reaches the edge. Then all ask again. */
import { defineExperiment } from "seawall";
import { audience, packagedOnce, phasesMs, recovers, served } from "../audience.ts";
import { mylive } from "../target.ts";

export default defineExperiment({
  name: "retry-storm",
  title: "Retry storm: the way in is cut for a moment, and all players try again",
  story:
    "For four seconds no viewer reaches the edge. Each player that is refused asks again, less " +
    "and less often. When the way is free, all get their segment before their buffer is empty.",
  tier: "storm",
  target: mylive,
  topology: "own",
  phasesMs,
  load: audience(3),
  hypothesis: [...served, packagedOnce],
  recovery: recovers,
  method: [
    {
      atMs: 1_000,
      forMs: 4_000,
      fault: { kind: "partition", links: { from: { service: "users" }, to: { service: "edge" } } },
    },
  ],
  blastRadius: { services: ["edge"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
