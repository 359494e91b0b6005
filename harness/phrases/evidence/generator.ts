/** Phrases of the judge for the load generator and the prober. */
import { formatDuration } from "../format.ts";
import { listed, percent, type Rules } from "../phrase.ts";

export const generator: Rules<
  | "generator.ended"
  | "generator.offered"
  | "generator.iterations"
  | "generator.asked"
  | "generator.on-time"
  | "generator.processor"
  | "generator.clocks"
  | "generator.no-gap"
  | "prober.on-time"
> = {
  "generator.ended": {
    title: "The load generator ran to its end",
    facts: {
      "no-end": "the record does not say how the load generator ended",
      died: ({ detail }) => detail,
    },
  },
  "generator.offered": {
    title: "The load generator offered the planned load",
    facts: {
      "no-start": "the record does not say when the load began",
      "no-load": "the plan has no load",
      "no-phase": "no phase ran to its end",
      "no-iterations": "the record does not say which iterations began",
      "ended-at-once": ({ load }) => `load ${load}: the generator ended as soon as the load began`,
      capped: ({ phase, perSecond, max }) =>
        `in ${phase} it sent up to ${perSecond} requests per second; the experiment allows ` +
        `${max}, so users may have waited for the limit`,
      "not-as-planned": ({ load, fromSeconds, untilSeconds, planned, begun, dropped }) =>
        `load ${load}, second ${fromSeconds} to ${untilSeconds}: ${planned} iterations were ` +
        `planned, ${begun} began and ${dropped} were dropped`,
      dropped: ({ load, phase, dropped, planned, vus }) =>
        `load ${load}, ${phase}: ${dropped} of ${planned} iterations found no free virtual ` +
        `user; it needs more than ${vus}`,
    },
  },
  "generator.iterations": {
    title: "Every iteration left its sample",
    facts: {
      "no-phase": "no phase ran to its end",
      "no-ends": "the record does not say how iterations ended",
      threw: ({ load, iterations, begun }) =>
        `load ${load}: ${iterations} of ${begun} iterations threw an error; see k6.log`,
      silent: ({ load, iterations, begun }) =>
        `load ${load}: ${iterations} of ${begun} iterations ended without a sample`,
      unfinished: ({ load, iterations, begun }) =>
        `load ${load}: ${iterations} of ${begun} iterations have no recorded end`,
      "samples-missing": ({ of, group, ended, samples }) =>
        `${groupOf(of)} ${group}: ${ended} iterations ended, but the record has samples of ` +
        `only ${samples}`,
      "sample-before-start": ({ of, group, second, begun, samples }) =>
        `${groupOf(of)} ${group}: by second ${second}, ${begun} iterations had begun but ` +
        `${samples} had left a sample`,
      "sample-after-end": ({ of, group, second, ended, samples }) =>
        `${groupOf(of)} ${group}: by second ${second}, ${ended} iterations had ended but ` +
        `only ${samples} had left a sample`,
    },
  },
  "generator.asked": {
    title: "The load requested the planned content",
    facts: {
      stale: ({ lane, stale, looks, leastAge, mostAge, oldestAge }) =>
        `class ${lane}: ${stale} of ${looks} requested content of the wrong age: ` +
        `${leastAge} to ${mostAge} periods were planned, theirs is up to ${oldestAge}`,
      "same-moment": ({ lane, same, looks }) =>
        `class ${lane}: ${same} of ${looks} requested the same moment`,
      "nearer-half": ({ lane, phase, near, looks }) =>
        `class ${lane}, ${phase}: ${near} of ${looks} requested the newer half of the past`,
      "other-draw": ({ lane, phase, tag, value, count, looks, expected }) =>
        `class ${lane}, ${phase}: ${count} of ${looks} have ${tag} ${value}; about ` +
        `${expected} were planned`,
      "other-bytes": ({ apart, compared }) =>
        `${apart} of ${compared} bodies that the prober also got have other bytes under the ` +
        "same number",
      "none-noted": "no user recorded what it requested",
      noted: ({ looks }) => `${looks} users recorded what they requested`,
    },
  },
  "generator.on-time": {
    title: "The load generator started its iterations on time",
    facts: {
      "no-sample": "no sample shows when iterations started",
      "no-sample-in": ({ load, phases }) =>
        `load ${load}: no sample shows when iterations started in ${listed(phases)}`,
      late: (values) => `load ${values.load}: ${lateness(values)}`,
      burst: ({ load, phase, late, planned, maxMs }) =>
        `load ${load}, ${phase}: ${late} of ${planned} iterations started more than ` +
        `${formatDuration(maxMs)} late`,
    },
  },
  "generator.processor": {
    title: "The load generator had CPU time to spare",
    facts: {
      "not-recorded": "the record has no CPU time of the load generator",
      "not-recorded-in": ({ phase }) =>
        `the record has no CPU time of the load generator in ${phase}`,
      stolen: ({ share, phase }) => `${stolenText(share)} in ${phase}`,
      used: ({ share, phase }) =>
        `the load generator used ${percent(share)} of the machine in ${phase}`,
    },
  },
  "generator.clocks": {
    title: "The clocks of all runners agree",
    facts: {
      "no-clock": ({ runner }) => `runner ${runner}: its clock was never compared`,
      off: ({ runner, offMs, maxMs }) =>
        `runner ${runner}: its clock may differ by ${formatDuration(offMs)}; at most ` +
        `${formatDuration(maxMs)} is allowed`,
    },
  },
  "generator.no-gap": {
    title: "The load generator's samples have no gap",
    facts: {
      "no-sample": "the record has no sample of the load generator",
      gap: ({ gapMs }) => `no iteration began for ${formatDuration(gapMs)}`,
    },
  },
  "prober.on-time": {
    title: "The prober ran on time and without a gap",
    facts: {
      "no-sample": "the prober recorded nothing",
      gap: ({ gapMs }) => `the prober recorded nothing for ${formatDuration(gapMs)}`,
      "no-lateness": "no sample shows whether the prober was on time",
      "no-lateness-in": ({ phases }) =>
        `no sample shows whether the prober was on time in ${listed(phases)}`,
      late: (values) => `the prober was late: ${lateness(values)}`,
    },
  },
};

function lateness({
  p99Ms,
  phase,
  maxMs,
  stolen,
}: {
  readonly p99Ms: number;
  readonly phase: string;
  readonly maxMs: number;
  readonly stolen: number | null;
}): string {
  const cause = stolen === null ? "" : `; ${stolenText(stolen)} meanwhile`;
  return `p99 ${p99Ms} ms late in ${phase} (limit ${maxMs} ms)${cause}`;
}

/** Processor time taken from outside: steal in a guest, throttling in a container. */
function stolenText(share: number): string {
  return `the hypervisor or a quota took ${percent(share)} of the machine`;
}

function groupOf(of: "load" | "lane"): string {
  return of === "load" ? "load" : "class";
}
