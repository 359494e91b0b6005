/**
 * The experiment on a compose file. Where an engine answers, faults can reach its containers by the
 * names of their services; elsewhere it is what its address shows.
 */
import type { Answers, Files, Here } from "../kind.ts";
import { addressFiles, outside, stormOn, wayIn } from "./address.ts";
import { type ComposeService, entryAt, servicesIn } from "./compose-services.ts";

export function composeFiles(answers: Answers, ending: string, here: Here): Files {
  const found = containersOf(answers, here);
  if (typeof found === "string") return addressFiles(answers, ending);
  const [entry] = found;
  return {
    [`storms/target.${ending}`]: target(found, answers),
    ...stormOn(entry.name, answers, ending),
  };
}

export function composeNote(answers: Answers, here: Here): string {
  const found = containersOf(answers, here);
  return typeof found === "string"
    ? `Faults reach the way in, and no container by its name: ${found}. composeTarget() of ` +
        "docs/writing-a-target.md changes that."
    : `Faults reach these containers by name: ${found.map(({ name }) => name).join(", ")}.`;
}

type Containers = readonly [ComposeService, ...ComposeService[]];

/** The one where users go in is the first; why there are none, as a clause. */
function containersOf(answers: Answers, { engine, read }: Here): Containers | string {
  if (!engine()) return "no docker engine answers here";
  const file = answers["compose"] ?? "";
  const text = read(file);
  if (text === null) return `there is no ${file} yet`;
  const services = servicesIn(text);
  if (services === null) return `${file} is no compose file`;
  const { origin } = wayIn(answers);
  const entry = entryAt(services, origin);
  return entry === null
    ? `no service of ${file} publishes ${origin}`
    : [entry, ...services.filter((one) => one !== entry)];
}

function target(services: Containers, answers: Answers): string {
  const { origin, path } = wayIn(answers);
  const [entry, ...others] = services;
  return `/** What is tested: containers of a compose file, and where users go in. */
import { join } from "node:path";
import { composeTarget } from "seawall";

export const target = composeTarget({
  name: "mine",
${outside(answers["compose"] ?? "")}  services: [
    ${line(entry, `, published: ${JSON.stringify(origin)}`)}
${others.map((one) => `    ${line(one)}\n`).join("")}  ],
  links: [["users", ${JSON.stringify(entry.name)}]],
  entries: [${JSON.stringify(entry.name)}],
  // Seawall's own prober asks this, and the target counts as up once it is answered with 200.
  probes: [
    { service: ${JSON.stringify(entry.name)}, path: ${JSON.stringify(path)}, lane: "visit" },
  ],
});
`;
}

function line({ name, service, port, replicas }: ComposeService, more = ""): string {
  const called = name === service ? "" : `, service: ${JSON.stringify(service)}`;
  const count = replicas === 1 ? "" : `, replicas: ${replicas}`;
  return `{ name: ${JSON.stringify(name)}${called}, port: ${port}${count}${more} },`;
}
