/** The experiment on something that has an address: four times the load, and a slow way in. */
import type { Answers, Files } from "../kind.ts";

export function addressFiles(answers: Answers, ending: string): Files {
  const { origin, path } = wayIn(answers);
  return {
    [`storms/target.${ending}`]: target(origin, path, answers["compose"]),
    ...stormOn("entry", answers, ending),
  };
}

/** Where users go in, in its two parts. */
export function wayIn(answers: Answers): { readonly origin: string; readonly path: string } {
  const { origin, pathname, search } = new URL(answers["address"] ?? "");
  return { origin, path: `${pathname}${search}` };
}

/** The experiment and its load; users go in at the service `entry`. */
export function stormOn(entry: string, answers: Answers, ending: string): Files {
  const { origin, path } = wayIn(answers);
  return {
    "storms/visitors.js": workload(origin, path),
    [`storms/first-storm.${ending}`]: experiment(entry, ending),
  };
}

const target = (origin: string, path: string, compose: string | undefined): string =>
  `/** What is tested, and where users go in. */
${compose === undefined ? "" : `import { join } from "node:path";\n`}\
import { defineTarget } from "seawall";

export const target = defineTarget({
  name: "mine",
  services: [{ name: "entry", url: ${JSON.stringify(origin)} }],
  links: [["users", "entry"]],
  entries: ["entry"],
  // Seawall's own prober asks this, and the target counts as up once it is answered with 200.
  probes: [{ service: "entry", path: ${JSON.stringify(path)}, lane: "visit" }],
${compose === undefined ? "" : outside(compose)}});
`;

export const outside = (compose: string): string => {
  const file = `join(import.meta.dirname, "..", ${JSON.stringify(compose)})`;
  return `  outside: { composeFile: ${file} },\n`;
};

const workload = (origin: string, path: string): string => `/** Visitors, as a k6 script. */
import http from "k6/http";

// The harness says where to go in; plain \`k6 run\` goes straight there.
const alone = ${JSON.stringify(JSON.stringify({ entries: [{ url: origin }] }))};
const { entries } = JSON.parse(__ENV.SEAWALL_LOAD ?? alone);
const path = ${JSON.stringify(path)};

export function visit() {
  const { url, host } = entries[__ITER % entries.length];
  http.get(url + path, {
    headers: host === undefined ? {} : { Host: host },
    tags: { lane: "visit" },
    timeout: 4_000,
  });
}
`;

const experiment = (entry: string, ending: string): string => `/**
 * Four times as many visitors come while the way in is slow. Everybody must still get an answer,
 * and it must be as before once the way is quick again.
 */
import { join } from "node:path";
import { defineExperiment, type Phase } from "seawall";
import { target } from "./target.${ending}";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "first-storm",
  title: "First storm: four times the visitors over a slow way in",
  story:
    "Four times as many visitors come, and for some seconds every answer takes 150 ms longer. " +
    "Nobody is turned away, and afterwards all is as before.",
  tier: "storm",
  target,
  topology: "own",
  phasesMs: { baseline: 6_000, fault: 8_000, recovery: 8_000 },
  load: [
    {
      name: "visits",
      workload: join(import.meta.dirname, "visitors.js"),
      exec: "visit",
      lane: "visit",
      ratePerSecond: { baseline: 10, fault: 40, recovery: 10 },
      vus: 200,
    },
  ],
  hypothesis: [
    {
      id: "visits-served",
      title: "Visitors get what they ask for",
      metric: "http_req_ms",
      where: { lane: "visit" },
      statistic: "share",
      having: { status: "200" },
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 30,
    },
  ],
  recovery: {
    id: "visits-recover",
    title: "Visitors get it as before the storm",
    goodput: { metric: "http_req_ms", where: { lane: "visit" } },
    having: { status: "200" },
    shareMin: 0.99,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 2_000,
  },
  method: [
    {
      atMs: 2_000,
      forMs: 4_000,
      fault: {
        kind: "latency",
        links: { from: { service: "users" }, to: { service: ${JSON.stringify(entry)} } },
        delayMs: 150,
        jitterMs: 0,
      },
    },
  ],
  blastRadius: { services: [${JSON.stringify(entry)}], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
`;
