/** The DVR storm with real players at the live edge: while rewinds are refused, their picture goes on moving. */
import { defineExperiment, type Phase } from "../harness/core/experiment.ts";
import { playerWatches } from "./claims/player-watches.ts";
import dvrStorm from "./dvr-storm.ts";

/** One watches from before the wave, one presses play as it comes. */
const players: readonly Phase[] = ["baseline", "fault"];

export default defineExperiment({
  ...dvrStorm,
  name: "dvr-storm-player",
  title: "DVR storm, while players watch live",
  story: `${dvrStorm.story} Two viewers watch live: one from before the wave, one who presses play as it comes.`,
  players,
  hypothesis: [...dvrStorm.hypothesis, ...playerWatches(players)],
  reliesOn: {},
});
