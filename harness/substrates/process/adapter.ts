/** The process substrate for the registry: services as processes of this machine. */
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
    "node",
    "k6",
    ...(layout.links.length > 0 ? ["toxiproxy" as const] : []),
    ...toolsForFaults(plan.steps.map(({ fault }) => fault)),
    ...layout.services.flatMap((service) => service.tools),
  ],
  real: ({ cacheDirectory }, tools, clock) =>
    processSubstrate({
      tools,
      clock,
      cacheDirectory: join(cacheDirectory, "media"),
    }),
  doctor: async (_ground, { zoneAddresses }, tools) => {
    if (!zoneAddresses.works) return zoneAddresses;
    const missing = tools.filter(({ found }) => found === undefined);
    const names = (some: readonly { readonly name: string }[]) =>
      some.map(({ name }) => name).join(", ");
    const unobtainable = missing.filter(({ sources }) => sources.length === 0);
    if (unobtainable.length > 0)
      return { works: false, detail: `cannot be had here: ${names(unobtainable)}` };
    if (missing.length === 0) return { works: true, detail: "every tool is there" };
    return {
      works: true,
      detail: `once ${names(missing)} ${missing.length === 1 ? "is" : "are"} got`,
    };
  },
};
