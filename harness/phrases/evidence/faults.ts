/** Phrases of the judge for the faults of a run. */
import { formatDuration } from "../format.ts";
import { listed, type Rules } from "../phrase.ts";

export const faults: Rules<
  "faults.landed" | "faults.lasted" | "faults.healed" | "faults.traffic" | "faults.use"
> = {
  "faults.landed": {
    title: "Every fault landed",
    facts: {
      "never-injected": ({ fault }) => `${fault}: was never injected`,
      "not-landed": ({ fault, observation }) => `${fault}: did not land: ${observation}`,
      "outside-phase": ({ fault }) => `${fault}: took effect outside the fault phase`,
      "too-short": ({ fault, forMs, plannedMs }) =>
        `${fault}: was in force for ${formatDuration(forMs)} instead of ` +
        `${formatDuration(plannedMs)}`,
    },
  },
  "faults.lasted": {
    title: "Every fault lasted until it was healed",
    facts: {
      "old-record": ({ fault }) => `${fault}: the record is too old to show that it lasted`,
      "never-checked": ({ fault }) => `${fault}: was not checked again after it landed`,
      gone: ({ fault, afterMs, observation }) =>
        `${fault}: had ended ${formatDuration(afterMs)} after it began: ${observation}`,
      "last-check-early": ({ fault, beforeHealMs, maxMs }) =>
        `${fault}: the last check was ${formatDuration(beforeHealMs)} before the heal ` +
        `(limit ${formatDuration(maxMs)})`,
      "check-gap": ({ fault, gapMs, maxMs }) =>
        `${fault}: was not checked for ${formatDuration(gapMs)} (limit ${formatDuration(maxMs)})`,
    },
  },
  "faults.healed": {
    title: "Every fault healed",
    facts: {
      "never-healed": ({ fault }) => `${fault}: was never healed`,
      "not-healed": ({ fault, observation }) => `${fault}: did not heal: ${observation}`,
    },
  },
  "faults.traffic": {
    title: "The target used the links that faults struck",
    facts: {
      "not-counted": ({ fault, links }) => `${fault}: no traffic was counted on ${named(links)}`,
      "unused-before": ({ fault, links }) =>
        `${fault}: the target did not use ${named(links)} before the fault`,
      "only-checks": ({ fault, links }) =>
        `${fault}: ${named(links)} carried no more before the fault than without load, ` +
        "as health checks do; replication must be declared as own work",
      "unused-during": ({ fault, links }) =>
        `${fault}: the target did not use ${named(links)} during the fault`,
      "bytes-not-counted": ({ fault, links }) =>
        `${fault}: its effect is unknown, as no bytes were counted on ${named(links)}; ` +
        "install ss (iproute2)",
      "never-bound": ({ fault, bytesPerSecond, timesMax }) =>
        `${fault}: the limit had no effect: the busiest link carried ${bytesPerSecond} B/s ` +
        `before, less than 1/${timesMax} of it`,
    },
  },
  "faults.use": {
    title: "The target used the services that faults struck",
    facts: {
      unused: ({ fault, service, others, checked }) =>
        `${fault}: the target did not use ` +
        `${service}${others === 0 ? "" : ` and ${others} others`} before the fault: ` +
        `${listed(checked.map((one) => noUse[one]))}`,
      "only-checks": ({ fault, service, others }) =>
        `${fault}: the target used ${service}${others === 0 ? "" : ` and ${others} others`} ` +
        "before the fault no more than without any load, which health checks explain",
      standby: ({ services }) => `declared standby: ${listed(services)}`,
    },
  },
};

const noUse = {
  links: "no traffic on its links",
  requests: "no request of the load",
  counters: "no growth of its counters",
  bytes: "no bytes read or written",
} as const;

/** Shortens the list: a region may have many links. */
function named(links: readonly string[]): string {
  const [first = "", ...others] = links;
  return others.length > 3 ? `${first} and ${others.length} other links` : listed(links);
}
