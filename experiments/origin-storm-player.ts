/** The origin storm with real players in front of it: what the load generator calls served in time must be a picture that moves. */
import { defineExperiment, type Phase } from "../harness/core/experiment.ts";
import { playerWatches } from "./claims/player-watches.ts";
import originStorm from "./origin-storm.ts";

/** One watches from before the storm, one presses play as it breaks. */
const players: readonly Phase[] = ["baseline", "fault"];

export default defineExperiment({
  ...originStorm,
  name: "origin-storm-player",
  title: "Origin storm, watched by players",
  story: `${originStorm.story} Two viewers watch it: one from before the storm, one who presses play as it breaks.`,
  players,
  hypothesis: [...originStorm.hypothesis, ...playerWatches(players)],
  reliesOn: { regionFailover: ["A player never stalls"] },
});
