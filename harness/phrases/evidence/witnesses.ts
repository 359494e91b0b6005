/** Phrases of the judge for witnesses other than the load generator. */
import { formatDuration } from "../format.ts";
import { plural, type Rules } from "../phrase.ts";

export const witnesses: Rules<
  | "witnesses.prober"
  | "witnesses.bytes"
  | "witnesses.counters"
  | "witnesses.copied"
  | "bodies.right"
> = {
  "witnesses.prober": {
    title: "The load generator and the prober agree",
    facts: {
      "not-asked-alike": "the prober did not request what users request",
      "no-probe": (values) =>
        `${at(values)}: ${values.requests} requests of users, but none of the prober`,
      answers: ({ probes, probesFailed, requests, requestsFailed, ...where }) =>
        `${at(where)}: ${probesFailed} of ${probes} probes failed, but ${requestsFailed} of ` +
        `${requests} requests of users at the same times`,
      absent: ({ probes, periods, served, ...where }) =>
        `${at(where)}: ${probes} probes in ${periods} periods got "not found", but ` +
        `${served} requests of users at the same times were served`,
      "longer-waits": ({ longer, probes, medianMs, ...where }) =>
        `${at(where)}: ${longer} of ${probes} probes waited longer than every user at the ` +
        `same time, ${formatDuration(medianMs)} in the median`,
      waits: ({ proberMs, usersMs, ...where }) =>
        `${at(where)}: the median wait is ${formatDuration(proberMs)} for the prober and ` +
        `${formatDuration(usersMs)} for users`,
      deserted: ({ periods, ...where }) =>
        `${at(where)}: in ${periods} periods the probes failed, and no user sent a request`,
      "nothing-compared":
        "no user requested what the prober requests, so only the load generator saw what " +
        "was served",
      compared: ({ probes, requests }) => `${probes} probes against ${requests} requests of users`,
    },
  },
  "witnesses.bytes": {
    title: "Byte counters agree with the load generator",
    facts: {
      "too-few": ({ phase, witness, service, expectedBytes, bytes }) =>
        `${phase}: the load generator reports ${mega(expectedBytes)} received, but ` +
        `${counter[witness](service)} only ${mega(bytes)}`,
      "reader-missing": "the record has no count of bytes that the load generator read",
      "receiver-missing": "the record has no count of bytes that this machine received",
      "sizes-missing": "the record has no sizes of the prober's responses",
      model: "not checked: a model moves no bytes",
      "none-counted": "not checked: no bytes were counted",
      "too-little": "too little was served to compare",
      agrees: ({ witness, service }) => `${counter[witness](service)} enough`,
    },
  },
  "witnesses.counters": {
    title: "The target's own counters agree with the load generator",
    facts: {
      apart: ({ phase, metric, source, answers, counted }) =>
        `${phase}: the load generator got ${answers} answers, but ${metric} of ${source} ` +
        `grew by only ${counted}`,
      "nothing-compared": "not checked: the target has no counter of requests to compare",
      agrees: ({ metric, source }) => `${metric} of ${source}`,
    },
  },
  "witnesses.copied": {
    title: "No witness repeats another",
    facts: {
      copied: ({ one, other, shared, samples }) =>
        `${one} and ${other} are one witness twice: ${shared} of ${samples} samples are the same`,
      more: ({ problems }) => plural(problems, "more copy", "more copies"),
    },
  },
  "bodies.right": {
    title: "Response bodies are what was requested",
    facts: {
      "none-seen": ({ phase, served }) =>
        `${phase}: users were served ${served} times, but no body was checked`,
      wrong: ({ phase, by, place, wrong, looks, kinds }) =>
        `${phase}: ${wrong} of ${looks} bodies that ` +
        `${by === "user" ? "users" : "the prober"} got from ${place} with status 200 are ` +
        `wrong (${kinds.join(", ")})`,
      "other-container": ({ variant, container, others, looks }) =>
        `${others} of ${looks} bodies of ${variant} are not ${container}, unlike the rest`,
      "rests-on-unseen": ({ phase, claim, wrongShare }) =>
        `${phase}: "${claim}" would not hold if unchecked bodies are wrong as often as ` +
        `checked ones (${(100 * wrongShare).toFixed(2)} %)`,
      "same-bytes": ({ variant, same, numbers }) =>
        `${same} of ${numbers} bodies of ${variant} are the same bytes as another one`,
      "same-as": ({ variant, other, same, numbers }) =>
        `${same} of ${numbers} bodies of ${variant} are the same bytes as those of ` +
        `${other}; if intended, declare sameAs`,
      flaps: ({ variant, times, looks }) =>
        `${variant}: one number alternated between different bytes ${times} times in ` +
        `${looks} checks`,
      model: "not checked: a model keeps no bytes",
      "not-declared": "not checked: the target's pack does not say what its bodies are",
      "none-served": "no body was served",
      looked: ({ looks, containers, leastBytes }) =>
        `${looks} bodies checked: ${containers.join(", ")}; smallest allowed size in bytes: ` +
        `${leastBytes.join(", ")}`,
      "unknown-containers":
        "of unknown (or encrypted) containers only length, type, size and change were checked",
      flagged: ({ count }) => `${count} were flagged as defective by a header`,
      "no-checksum": "the bytes themselves were not checked, as this target sends no checksum",
    },
  },
};

function at({
  place,
  lane,
  phase,
}: {
  readonly place: string;
  readonly lane: string;
  readonly phase: string;
}): string {
  return `${place}, ${lane}, ${phase}`;
}

const counter = {
  writer: (service: string) => `the processes of ${service} wrote`,
  reader: (service: string) => `the process of the load generator (${service}) read`,
  receiver: () => "the interfaces of this machine received",
} as const;

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
