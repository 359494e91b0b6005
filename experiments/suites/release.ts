/** What must hold before a release: the whole catalogue. */
import { defineSuite } from "../../harness/experiment/suite.ts";

export default defineSuite({
  title: "Every experiment of the catalogue",
  withinMinutes: 60,
  runs: ["*"],
});
