/** Phrases of the judge for the record itself. */
import { formatDuration } from "../format.ts";
import { plural, type Rules } from "../phrase.ts";

export const record: Rules<"record.whole" | "record.fits" | "record.possible"> = {
  "record.whole": {
    title: "The record is complete",
    facts: {
      damage: ({ detail }) => detail,
      "no-end": "the record does not say how the run ended",
      "no-cleanup": "the record does not say whether cleanup was complete",
    },
  },
  "record.fits": {
    title: "The record fits its plan",
    facts: {
      "event-older": ({ event, before, byMs }) =>
        `event "${event}" follows "${before}", but its time is ${formatDuration(byMs)} earlier`,
      "event-repeated": ({ event, times }) => `event "${event}" occurs ${times} times`,
      "event-out-of-order": ({ event, before }) =>
        `event "${event}" follows "${before}": the order is wrong`,
      "no-start": "the first event is not the start of the run",
      phases: ({ phases, planned }) =>
        `the recorded phases are ${phases.join(", ")}; the plan has ${planned.join(", ")}`,
      "phase-early": ({ phase, byMs }) => `phase ${phase} began ${formatDuration(byMs)} early`,
      "phase-late": ({ phase, byMs, maxMs }) =>
        `phase ${phase} began ${formatDuration(byMs)} late (limit ${formatDuration(maxMs)})`,
      "fault-event-repeated": ({ fault, event, times }) =>
        `${fault}: event "${event}" occurs ${times} times`,
      "other-fault": ({ fault }) => `the plan has ${fault}; the record has another fault instead`,
      "fault-out-of-order": ({ fault }) => `${fault}: its events are out of order`,
      "check-outside-fault": ({ fault }) =>
        `${fault} was checked at a time when it was not in force`,
      "act-outside-injection": ({ fault }) =>
        `${fault} took effect outside the recorded time of its injection`,
      "injection-moved": ({ fault, byMs }) =>
        `the recorded due time of ${fault} is ${moved(byMs)} than planned`,
      "heal-moved": ({ fault, byMs }) =>
        `the recorded due time of the heal of ${fault} is ${moved(byMs)} than planned`,
      "injected-early": ({ fault, byMs }) =>
        `${fault} was injected ${formatDuration(byMs)} before it was due`,
      "unplanned-faults": ({ events }) =>
        `${plural(events, "event")} belong to faults that the plan does not have`,
      "deploy-length": ({ statedMs, measuredMs }) =>
        `deployment is recorded as ${formatDuration(statedMs)}, but its events are ` +
        `${formatDuration(measuredMs)} apart`,
      "load-length": ({ statedMs, measuredMs }) =>
        `the load is recorded as ${formatDuration(statedMs)}, but its events are ` +
        `${formatDuration(measuredMs)} apart`,
      "load-asked-outside":
        "the load was requested before the target was up or after the load began",
      "samples-before-load": ({ source, byMs }) =>
        `samples of the ${source} begin ${formatDuration(byMs)} before the load`,
      "samples-after-end": ({ source, byMs }) =>
        `samples of the ${source} continue for ${formatDuration(byMs)} after it ended`,
      "load-late": ({ load, byMs }) =>
        `load ${load} began ${formatDuration(byMs)} after the first phase`,
      "claims-nothing": "the plan claims nothing about fault or recovery, which `plan` refuses",
      "faults-after-end": ({ faults }) =>
        `${plural(faults, "fault")} of the plan end after the recovery, which \`plan\` refuses`,
      more: ({ problems }) => plural(problems, "more problem"),
    },
  },
  "record.possible": {
    title: "Every sample has a possible value",
    facts: {
      "no-number": ({ metric, source }) =>
        `${metric} of ${source}: a value or a time is not a number`,
      "other-kind": ({ metric, source, kind, wanted }) =>
        `${metric} of ${source}: its samples are of kind ${kind}, not ${wanted}`,
      negative: ({ metric, source, value }) => `${metric} of ${source}: ${value} is below zero`,
      repeated: ({ metric, source, repeated, samples }) =>
        `${metric} of ${source}: ${repeated} of ${samples} samples copy another: same ` +
        "value, same microsecond",
      unanswered: ({ lane, service, given, answers }) =>
        `class ${lane}: ${given} bodies came from ${service}, but only ${answers} ` +
        "requests to it were answered with 200",
      more: ({ problems }) => plural(problems, "more problem"),
    },
  },
};

function moved(byMs: number): string {
  return `${formatDuration(Math.abs(byMs))} ${byMs < 0 ? "earlier" : "later"}`;
}
