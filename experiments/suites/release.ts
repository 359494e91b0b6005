/** What must hold before anything is released: the whole catalogue. */
import { defineSuite } from "../../harness/experiment/suite.ts";

export default defineSuite({
  title: "Every experiment of the catalogue",
  withinMinutes: 60,
  runs: ["*"],
});
