/** Nothing breaks: the figures by which one release is compared with another. */
import { defineExperiment } from "seawall";
import { audience, packagedOnce, served } from "../audience.ts";
import { mylive } from "../target.ts";

export default defineExperiment({
  name: "evening",
  title: "An ordinary evening",
  story: "People watch, and more of them come. Each gets each segment, and each is packaged once.",
  tier: "storm",
  target: mylive,
  topology: "own",
  phasesMs: { baseline: 4_000, fault: 4_000, recovery: 2_000 },
  load: audience(3),
  hypothesis: [...served, packagedOnce],
  recovery: null,
  method: [],
  blastRadius: { services: [], faultsAtOnceMax: 0 },
  abortWhen: [],
  reliesOn: [],
});
