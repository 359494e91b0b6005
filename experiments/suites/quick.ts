/** What no change may break before a review: the storm on which everything else builds. */
import { defineSuite } from "../../harness/experiment/suite.ts";

export default defineSuite({
  title: "The experiments that tell most for their time",
  withinMinutes: 10,
  runs: ["origin-storm", "not-found-storm", "retry-storm", "instance-loss", "slow-store"],
});
