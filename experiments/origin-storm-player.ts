/**
 * The origin storm with real players: segments that the load generator counts as served must make a
 * moving picture.
 */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import type { Phase } from "../harness/base/phases.ts";
import { playerWatches } from "./claims/player-watches.ts";
import originStorm from "./origin-storm.ts";

/** One watches from before the storm, one presses play as it breaks. */
const players: readonly Phase[] = ["baseline", "fault"];

export default defineExperiment({
  ...originStorm,
  name: "origin-storm-player",
  title: "Origin storm, watched by players",
  story:
    `${originStorm.story} Two viewers watch it: one from before the storm, one who presses ` +
    "play as it breaks.",
  players,
  // Chromium takes a core. Beside it, k6 keeps its schedule with half of the crowd.
  load: originStorm.load.map((part) =>
    part.name === "live" ? { ...part, ratePerSecond: { ...part.ratePerSecond, fault: 100 } } : part,
  ),
  hypothesis: [...originStorm.hypothesis, ...playerWatches(players)],
  reliesOn: { regionFailover: ["player-never-stalls"] },
});
