/** What each kind of fault strikes, how it is told to people, and what will prove it. */
import type { FaultKind, FaultOf, FaultSheet } from "./faults.ts";
import type { Link } from "./target.ts";
import { describeLinks, type LinkSelector, linksSelected, type Standing, servicesAt, type Where } from "./where.ts";

interface OnService { readonly kind: string; readonly service: string }
interface OnLinks { readonly links: LinkSelector }

const onService = {
  services: (fault: OnService, standing: Standing): readonly string[] => servicesAt({ service: fault.service }, standing),
  links: (): readonly Link[] => [], wheres: (fault: OnService): readonly Where[] => [{ service: fault.service }], onLinks: false, silences: true, operations: [],
};
const onLinks = {
  services: (): readonly string[] => [], links: (fault: OnLinks, standing: Standing): readonly Link[] => linksSelected(fault.links, standing),
  wheres: ({ links }: OnLinks): readonly Where[] => ("between" in links ? links.between : [links.from, links.to].filter((where) => where !== undefined)), onLinks: true, silences: false, operations: [],
};
const named = (fault: OnService): string => `${fault.kind} ${fault.service}`;

export const faultTable: { readonly [K in FaultKind]: FaultSheet<FaultOf<K>> } = {
  kill: { ...onService, describe: named, proof: "its process is gone and its ports refuse connections", undo: "start it again and see it ready" },
  pause: { ...onService, describe: named, proof: "its processes stand still, its ports take a connection and give no reply", undo: "let it go on and see it reply" },
  latency: {
    ...onLinks, describe: (fault) => `latency of ${fault.delayMs} ± ${fault.jitterMs} ms ${describeLinks(fault.links)}`,
    proof: "pings over each link take that long, pings past it do not", undo: "take the delay away and see pings as quick as past the link",
  },
  partition: {
    ...onLinks, describe: (fault) => `partition ${describeLinks(fault.links)}`,
    proof: "each link refuses a connection while the service behind it answers", undo: "open the links and see pings answered over each",
  },
};
