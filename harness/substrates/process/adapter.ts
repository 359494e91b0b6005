/** The process substrate, for the registry: services as processes of this machine. */
import { join } from "node:path";
import type { SubstrateAdapter } from "../adapter.ts";
import { processSubstrate } from "./deploy.ts";
import { processSupport, toolsForFaults } from "./support.ts";

export const adapter: SubstrateAdapter = {
  refusal: () => null,
  obstacle: async () => null,
  why: () => "asked for",
  supports: processSupport,
  tools: ({ plan, layout }) => [
    "node", "k6", ...(layout.links.length > 0 ? ["toxiproxy" as const] : []),
    ...toolsForFaults(plan.steps.map(({ fault }) => fault)),
    ...layout.services.flatMap((service) => service.tools),
  ],
  real: ({ stateDirectory, cacheDirectory }, tools, clock) =>
    processSubstrate({ tools, clock, stateDirectory, cacheDirectory: join(cacheDirectory, "media") }),
  doctor: async (_ground, { zoneAddresses }, tools) => {
    if (!zoneAddresses.works) return zoneAddresses;
    const unobtainable = tools.filter(({ found, sources }) => found === undefined && sources.length === 0).map(({ name }) => name);
    if (unobtainable.length > 0) return { works: false, detail: `cannot be had here: ${unobtainable.join(", ")}` };
    const missing = tools.filter(({ found }) => found === undefined).map(({ name }) => name);
    if (missing.length === 0) return { works: true, detail: "every tool is there" };
    return { works: true, detail: `once ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} got` };
  },
};
