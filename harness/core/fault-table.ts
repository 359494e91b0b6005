/** What each kind of fault strikes, how it is told to people, and what will prove it. */
import type { FaultKind, FaultOf, FaultSheet } from "./faults.ts";
import type { Link } from "./target.ts";
import { describeLinks, type LinkSelector, linksSelected, type Standing, servicesAt, type Where } from "./where.ts";

interface OnService { readonly kind: string; readonly service: string }
interface OnLinks { readonly links: LinkSelector }

const onService = {
  services: (fault: OnService, standing: Standing): readonly string[] => servicesAt({ service: fault.service }, standing),
  links: (): readonly Link[] => [], wheres: (fault: OnService): readonly Where[] => [{ service: fault.service }], onLinks: false, silences: true, operations: (): readonly string[] => [],
  lasts: (): boolean => true,
};
const whole = { lasts: (): boolean => true, links: (): readonly Link[] => [], onLinks: false, silences: true, operations: (): readonly string[] => [] };
const onLinks = {
  services: (): readonly string[] => [], links: (fault: OnLinks, standing: Standing): readonly Link[] => linksSelected(fault.links, standing),
  wheres: ({ links }: OnLinks): readonly Where[] => ("between" in links ? links.between : [links.from, links.to].filter((where) => where !== undefined)), onLinks: true, silences: false, operations: (): readonly string[] => [],
  lasts: (): boolean => true,
};
/** The kinds of service that the reference target keeps its data in; others say `store: true`. */
const storeKinds = ["cassandra", "object-store"];

/** Of one region, or of all. */
function storesIn(region: string | undefined, standing: Standing): Standing["services"] {
  return standing.services.filter(({ store, ...service }) => (store ?? storeKinds.includes(service.kind)) && (region === undefined || service.region === region));
}

const named = (fault: OnService): string => `${fault.kind} ${fault.service}`;

export const faultTable: { readonly [K in FaultKind]: FaultSheet<FaultOf<K>> } = {
  kill: { ...onService, describe: named, proof: "its process is gone and its ports refuse connections", undo: "start it again and see it ready" },
  pause: { ...onService, describe: named, proof: "its processes stand still, its ports take a connection and give no reply", undo: "let it go on and see it reply" },
  latency: {
    ...onLinks, describe: (fault) => `latency of ${fault.delayMs} ± ${fault.jitterMs} ms ${describeLinks(fault.links)}`,
    proof: "pings over each link take that long, pings past it do not", undo: "take the delay away and see pings as quick as past the link",
  },
  bandwidth: {
    ...onLinks, describe: (fault) => `bandwidth of ${fault.bytesPerSecond} B/s ${describeLinks(fault.links)}`,
    proof: "as much as can be sent over each link in a while is no more than that, and more past it", undo: "take the limit away and see that more passes",
  },
  reset: {
    ...onLinks, severs: true, describe: (fault) => `reset connections ${describeLinks(fault.links)}`,
    proof: "each link resets a connection while the service behind it answers", undo: "stop resetting and see pings answered over each link",
  },
  zoneLoss: {
    ...whole, services: ({ zone }, standing) => servicesAt({ zone }, standing), wheres: ({ zone }) => [{ zone }], describe: ({ zone }) => `lose zone ${zone}`,
    proof: "each process of it is gone and its ports refuse connections", undo: "start all of it again and see each ready",
  },
  regionLoss: {
    ...whole, services: ({ region }, standing) => servicesAt({ region }, standing), wheres: ({ region }) => [{ region }], describe: ({ region }) => `lose region ${region}`,
    proof: "each process of it is gone and its ports refuse connections", undo: "start all of it again and see each ready",
  },
  blackhole: {
    ...whole, services: ({ zone }, standing) => servicesAt({ zone }, standing), wheres: ({ zone }) => [{ zone }], describe: ({ zone }) => `cut zone ${zone} off the network`,
    proof: "its processes run, and each of its ports neither takes nor refuses a connection", undo: "connect it again at the same addresses and see its ports reply",
  },
  slowStore: {
    ...onLinks, describe: ({ region, delayMs, jitterMs }) => `slow store${region === undefined ? "" : ` in region ${region}`}: ${delayMs} ± ${jitterMs} ms`,
    links: ({ region }, standing) => {
      const stores = new Set(storesIn(region, standing).map((service) => service.name));
      return standing.links.filter((link) => stores.has(link.to));
    },
    wheres: ({ region }) => (region === undefined ? [] : [{ region }]),
    proof: "an exchange with the store over each link takes that long, past it it does not", undo: "take the delay away and see exchanges as quick as past the link",
  },
  restartLoop: { ...onService, describe: (fault) => `restart ${fault.service} every ${fault.everyMs} ms`, proof: "one process after another is gone", undo: "stop killing it and see it ready" },
  coldCache: { ...onService, lasts: () => false, silences: false, operations: () => ["fill", "look", "flush"], describe: (fault) => `empty the cache ${fault.service}`, proof: "what was a hit before is a miss", undo: "nothing: it fills by itself" },
  fullDisk: { ...onService, silences: false, describe: (fault) => `fill the disk of ${fault.service}`, proof: "a write to its folder fails for want of room", undo: "give the room back and see a write succeed" },
  clockSkew: {
    ...onService, silences: false, operations: () => ["clock"], describe: (fault) => `set the clock of ${fault.service} ${Math.abs(fault.byMs)} ms ${fault.byMs < 0 ? "back" : "ahead"}`,
    proof: "it tells that time", undo: "let its clock go right and see it tell the right time",
  },
  badSegments: {
    ...onService, silences: false, operations: () => ["defects", "defectsLeft", "defectsOff", "journal"], describe: (fault) => `${fault.service} spoils ${fault.segments} segments: ${fault.defect}`,
    proof: "the packager says that it spoiled one, and its journal has it", undo: "call the rest off and see that none is left",
  },
  operate: {
    ...onService, lasts: ({ undo }) => undo !== undefined, silences: false, shares: true, operations: ({ operation, look, undo }) => [operation, look.operation, ...(undo === undefined ? [] : [undo.operation])],
    describe: ({ operation, service, parameters }) => `${operation} at ${service}${parameters === undefined ? "" : ` (${Object.entries(parameters).map(([name, value]) => `${name} ${value}`).join(", ")})`}`,
    proof: "what it was to bring about is told by the service, and was not before", undo: "take it back and see it gone, where it can be taken back",
  },
  packetLoss: { ...onService, silences: false, describe: (fault) => `lose ${fault.share * 100} % of the packets of ${fault.service}`, proof: "packets are counted as dropped", undo: "let all pass and see none dropped" },
  partition: {
    ...onLinks, severs: true, describe: (fault) => `partition ${describeLinks(fault.links)}`,
    proof: "each link refuses a connection while the service behind it answers", undo: "open the links and see pings answered over each",
  },
};
