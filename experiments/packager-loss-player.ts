/**
 * A pipeline dies while real players watch. The other pipeline's segments must continue their
 * buffers without a seam.
 */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import type { Phase } from "../harness/base/phases.ts";
import { playerWatches } from "./claims/player-watches.ts";
import packagerLoss from "./packager-loss.ts";

/** One watches from before the loss, one presses play after it. */
const players: readonly Phase[] = ["baseline", "fault"];

export default defineExperiment({
  ...packagerLoss,
  name: "packager-loss-player",
  title: "Packager loss, watched by players",
  story:
    `${packagerLoss.story} Two viewers watch: one from before the loss, one who presses play ` +
    "after it.",
  players,
  hypothesis: [...packagerLoss.hypothesis, ...playerWatches(players)],
  reliesOn: packagerLoss.reliesOn,
});
