/**
 * What a change must not break, before it is shown to anybody: the storm that everything else is
 * built on.
 */
import { defineSuite } from "../../harness/experiment/suite.ts";

export default defineSuite({
  title: "The experiments that tell most for their time",
  withinMinutes: 10,
  runs: ["origin-storm", "not-found-storm", "retry-storm", "instance-loss", "slow-store"],
});
