/** A release goes onto an origin, by its owner's own command, while people watch. */
import { defineExperiment } from "seawall";
import { audience, packagedOnce, phasesMs, recovers, served } from "../audience.ts";
import { mylive, nextVersion } from "../target.ts";

export default defineExperiment({
  name: "deploy",
  title: "Deploy: a release comes and goes while people watch",
  story:
    "The next release is put onto one origin and taken back, as on any working day. No viewer " +
    "notices.",
  tier: "storm",
  target: mylive,
  topology: "own",
  phasesMs,
  load: audience(1),
  hypothesis: [...served, packagedOnce],
  recovery: recovers,
  method: [
    {
      atMs: 1_000,
      forMs: 3_000,
      fault: {
        kind: "operate",
        service: "origin-b",
        operation: "deploy",
        look: { operation: "version", shows: nextVersion },
        undo: { operation: "rollback" },
      },
    },
  ],
  blastRadius: { services: ["origin-b"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
