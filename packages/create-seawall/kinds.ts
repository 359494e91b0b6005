/** What can be tested: one list. Each has its questions, and the files that are written for it. */
import { addressFiles } from "./files/address.ts";
import { composeFiles, composeNote } from "./files/compose.ts";
import { referenceFiles } from "./files/reference.ts";
import type { Answers, Kind, Question } from "./kind.ts";

const address: Question = {
  name: "address",
  asks: "Where do users go in?",
  usually: "http://127.0.0.1:8080/",
  problem: (answer) =>
    URL.canParse(answer) && /^https?:$/.test(new URL(answer).protocol)
      ? null
      : "it must be an address such as http://127.0.0.1:8080/",
};

const composeFile: Question = {
  name: "compose",
  asks: "Which compose file brings it up?",
  usually: "docker-compose.yml",
  problem: (answer) =>
    /\.ya?ml$/.test(answer) ? null : "it must be a file such as docker-compose.yml",
};

const namespace: Question = {
  name: "namespace",
  asks: "In which namespace does it run?",
  usually: "default",
  problem: (answer) =>
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(answer)
      ? null
      : "it must be the name of a namespace, such as default",
};

const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);

function hostsOf({ address = "" }: Answers): readonly string[] {
  const { hostname } = new URL(address);
  return loopback.has(hostname) ? [] : [hostname.replace(/^\[|\]$/g, "")];
}

const run = "npx seawall run first-storm";

export const kinds = {
  reference: {
    title: "the reference backend: a live stream in two regions, to see how it works",
    questions: [],
    files: referenceFiles,
    hosts: () => [],
    first: `${run} --substrate simulated`,
  },
  address: {
    title: "an address: something that runs already",
    questions: [address],
    files: addressFiles,
    hosts: hostsOf,
    first: run,
  },
  compose: {
    title: "a compose file, which Seawall brings up and takes down",
    questions: [composeFile, address],
    files: composeFiles,
    hosts: hostsOf,
    first: run,
    note: composeNote,
  },
  kubernetes: {
    title: "a namespace of Kubernetes, by an address of it",
    questions: [namespace, address],
    files: addressFiles,
    hosts: hostsOf,
    first: run,
    note: () =>
      "Seawall breaks nothing inside a cluster yet: the experiment reaches the namespace by its " +
      "address.",
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as KindName[];
