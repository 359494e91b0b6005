/**
 * A store that answers late, over every link to it. Proof: an exchange in the store's own protocol
 * takes that long.
 */
import { z } from "zod";
import { defineFault } from "../../../../../harness/target/fault.ts";
import type { TopologyView } from "../../../../../harness/target/where.ts";
import {
  delayFields,
  delayProblems,
  isJitterWithinDelay,
  jitterProblem,
} from "../../../../../harness/faults/latency/delay.ts";
import { inject } from "../../../../../harness/faults/latency/inject.ts";
import { simulate } from "../../../../../harness/faults/latency/simulate.ts";
import { overLinks } from "../../../../../harness/faults/strikes.ts";

/**
 * The service kinds in which the reference target keeps its data. Other targets mark theirs with
 * `store: true`.
 */
const storeKinds = ["cassandra", "object-store"];

/** Of one region, or of all. */
function storesIn(region: string | undefined, { services }: TopologyView): ReadonlySet<string> {
  const stores = services.filter(({ store, kind }) => store ?? storeKinds.includes(kind));
  return new Set(
    stores.flatMap((service) =>
      region === undefined || service.region === region ? [service.name] : [],
    ),
  );
}

export const slowStore = defineFault({
  ...overLinks,
  schema: z
    .strictObject({
      kind: z.literal("slowStore"),
      region: z.string().min(1).optional().describe("Stores of this region alone; all by default."),
      ...delayFields,
    })
    .refine(isJitterWithinDelay, jitterProblem),
  does: "latency on all links to stores, in one region or in all",
  describe: ({ region, delayMs, jitterMs }) =>
    `slow store${region === undefined ? "" : ` in region ${region}`}: ${delayMs} ± ${jitterMs} ms`,
  proof: "exchanges with the store over each link take that long, and past it do not",
  undo: "remove the delay and check that exchanges are as quick as past the link",
  links: ({ region }, standing) => {
    const stores = storesIn(region, standing);
    return standing.links.filter(({ to }) => stores.has(to));
  },
  wheres: ({ region }) => (region === undefined ? [] : [{ region }]),
  strikesNothing: ({ region }) => {
    const where = region === undefined ? "" : ` in region ${region}`;
    const remedy = "Set store: true on services that keep data, and declare the links to them";
    return `strikes nothing: no declared link${where} leads to a store. ${remedy}`;
  },
  sizeProblems: delayProblems,
  needs: ["links"],
  inject,
  simulate,
});
