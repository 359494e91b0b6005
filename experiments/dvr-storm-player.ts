/**
 * The DVR storm with real players at the live edge: their picture continues while rewinds are
 * refused.
 */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import type { Phase } from "../harness/base/phases.ts";
import { playerWatches } from "./claims/player-watches.ts";
import dvrStorm from "./dvr-storm.ts";

/** One watches from before the wave, one presses play as it arrives. */
const players: readonly Phase[] = ["baseline", "fault"];

export default defineExperiment({
  ...dvrStorm,
  name: "dvr-storm-player",
  title: "DVR storm, while players watch live",
  story:
    `${dvrStorm.story} Two viewers watch live: one from before the wave, one who presses play ` +
    "as it comes.",
  players,
  // Chromium takes a core. Beside the whole wave, the harness was 500 ms late in one of three
  // undisturbed runs. Half of the wave is refused nearly as often.
  load: dvrStorm.load.map((part) =>
    part.name === "rewind"
      ? { ...part, ratePerSecond: { ...part.ratePerSecond, fault: 60 } }
      : part,
  ),
  hypothesis: [...dvrStorm.hypothesis, ...playerWatches(players)],
  reliesOn: {},
});
