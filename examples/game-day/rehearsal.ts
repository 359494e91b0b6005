/**
 * A game day in one evening: what holds, what a defence is worth, and whether people notice.
 *
 *   ./seawall gameday examples/game-day/rehearsal.ts
 */
import { defineGameDay } from "seawall";

const minutes = 60_000;

export default defineGameDay({
  name: "rehearsal",
  title: "Rehearsal before the season opener",
  purpose:
    "Does the live edge stay served when an origin dies at the peak? Would the people on " +
    "call see it, and know what to do?",
  roles: [
    { name: "conductor", may: ["decide", "stop", "note"] },
    // An observer who alone sees a problem must be able to stop the day.
    { name: "on-call", may: ["stop", "note"] },
    { name: "observer", may: ["note"] },
  ],
  waitMsMax: 15 * minutes,
  steps: [
    {
      experiment: "origin-storm",
      brief:
        "On call: watch your own dashboards, not this page. Say in a note when you first " +
        "see it, and where.",
      hold: { waitMsMax: 10 * minutes },
    },
    {
      experiment: "origin-storm",
      without: ["regionFailover"],
      expect: "refuted",
      brief: "The same without failover between regions: this is what it would have been like.",
    },
  ],
});
