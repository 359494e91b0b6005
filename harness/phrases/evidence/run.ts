/** Phrases of the judge for the run, its target and its machine. */
import { formatDuration } from "../format.ts";
import { listed, percent, type Rules } from "../phrase.ts";

export const run: Rules<
  | "run.phases"
  | "run.not-aborted"
  | "target.readings"
  | "target.metrics"
  | "baseline.steady"
  | "services.alive"
  | "machine.clock"
> = {
  "run.phases": {
    title: "Every phase ran to its end",
    facts: {
      unfinished: ({ phases }) => `${listed(phases)} did not`,
    },
  },
  "run.not-aborted": {
    title: "The run was not aborted",
    facts: { aborted: ({ reason, detail }) => `${reason}: ${detail}` },
  },
  "target.readings": {
    title: "The target's metrics were read without a gap",
    facts: {
      "no-telemetry": ({ metric }) =>
        `the plan lists nothing that the target reports, so ${metric} cannot be checked for gaps`,
      "no-source": ({ metric }) =>
        `the plan lists what the target reports, and ${metric} is not in that list`,
      "never-read": ({ metric, source }) => `${metric} of ${source} was never read`,
      gap: ({ metric, source, gapMs }) =>
        `${metric} of ${source} has no reading for ${formatDuration(gapMs)}`,
      unread: ({ what, unread, total }) => `${unread} of ${total} ${what} could not be checked`,
      "few-read": ({ what, read, total }) => `only ${read} of ${total} ${what} were checked`,
    },
  },
  "target.metrics": {
    title: "The target's metrics change while it works",
    facts: {
      frozen: ({ service, forMs, amount, seen }) =>
        `nothing that ${service} exposes changed for ${formatDuration(forMs)}, despite ` +
        `${work[seen](Math.round(amount))} (does it expose what changes as it works?)`,
      stopped: ({ metric, source, forMs, answers }) =>
        `${metric} of ${source} grew with its answers, but not for ${formatDuration(forMs)} ` +
        `with ${answers} answers`,
    },
  },
  "baseline.steady": {
    title: "The baseline was steady",
    facts: {
      unfinished: "the baseline did not run to its end",
      "nothing-served": "nothing was served in the baseline",
      drift: ({ share }) => `goodput of its two halves differs by ${percent(share)}`,
    },
  },
  "services.alive": {
    title: "No service died unexpectedly",
    facts: { died: ({ service, detail }) => `${service}: ${detail}` },
  },
  "machine.clock": {
    title: "The clock did not step",
    facts: {
      stepped: ({ byMs }) => `the clock stepped by ${byMs.map((ms) => `${ms} ms`).join(", ")}`,
    },
  },
};

const work = {
  answers: (amount: number) => `${amount} answers`,
  linkBytes: (amount: number) => `${amount} bytes on its links`,
  ownBytes: (amount: number) => `${amount} bytes that its processes read and wrote`,
} as const;
