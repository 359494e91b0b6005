/** Phrases of the judge for claims and recoveries. Their titles come from the experiment. */
import type { ClaimFacts, RecoveryFacts } from "../record/facts.ts";
import { formatDuration, formatValue } from "./format.ts";
import type { PhrasesFor } from "./phrase.ts";

export const claim: PhrasesFor<ClaimFacts> = {
  "phase-unfinished": ({ phase }) => `phase ${phase} did not run to its end`,
  "within-limit": "within its limit",
  "beyond-limit": "beyond its limit",
  "beyond-limit-in-baseline": "beyond its limit before any fault: there was no steady state",
  "reference-too-few-samples": ({ phase }) =>
    `its limit refers to phase ${phase}, which has too few samples`,
  "too-few-samples": ({ samples, minSamples }) =>
    `${samples} samples; the claim needs ${minSamples}`,
  "on-before-fault":
    "it was above 0 before the fault, or has no reading before it, so it does not show the fault",
  "never-on": "it was never above 0, so nothing cleared",
  "too-short": "it has not happened, and the phase ended before its limit",
  "cut-off": "the run ended before the figure could reach the limit",
  "generator-stalled": ({ stalledMs, rest }) =>
    `beyond its limit, but the load generator stalled for ${formatDuration(stalledMs)}; ${
      rest === "nothing"
        ? "outside the stalls there are no samples"
        : "the samples outside the stalls are within the limit"
    }`,
  "depends-on-dropped":
    "it would be beyond its limit if the iterations that the generator dropped or delayed " +
    "had failed",
  "refused-on-the-way": ({ observed, unit }) =>
    "users were served in the end, but single requests were refused; " +
    `of requests the figure is ${formatValue(observed, unit)}`,
};

export const recovery: PhrasesFor<RecoveryFacts> = {
  "phases-unfinished": "baseline or recovery did not run to its end",
  "nothing-healed": "no fault was healed, so there was nothing to recover from",
  "no-goodput": "the baseline had no goodput, or no request was recorded after the last heal",
  "observed-too-briefly":
    "the time after the last heal was too short to show that goodput stayed back",
  "too-few-requests":
    "in some windows after the heal too few requests count: " +
    "they are missing, or a stall of the load generator touched them",
  "back-in-time": "goodput came back in time and stayed",
  "not-back-in-time": "goodput was not back in time",
  "not-back": "goodput was not back when the run ended",
  "back-too-late": "goodput came back too late",
  "lost-again": "goodput came back, was lost again and returned too late",
};
