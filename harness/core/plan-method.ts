/** What can be wrong with what an experiment breaks: names, ranges, and faults that would get in one another's way. */
import type { Experiment, Step } from "./experiment.ts";
import { describeFault, lasts, linksStruck, servicesStruck, sheetOf } from "./faults.ts";
import { unknownName } from "./nearest.ts";
import type { PlanOptions } from "./plan.ts";
import { sizeProblems } from "./plan-fault-size.ts";
import { type Layout, type Link, viewers } from "./target.ts";
import { describeWhere, linkName, servicesAt, type Where } from "./where.ts";

export function methodProblems(experiment: Experiment, layout: Layout, options: PlanOptions): string[] {
  const known = layout.services.map((service) => service.name);
  return [
    ...experiment.blastRadius.services.filter((name) => !known.includes(name)).map((name) => `blastRadius: ${unknownName("service", name, known)}`),
    ...experiment.method.flatMap((step, index) => {
      const where = `step ${index + 1} (${describeFault(step.fault)})`;
      return [
        ...supportProblems(step, options), ...nameProblems(step, layout), ...needProblems(step, layout), ...radiusProblems(step, experiment, layout), ...timeProblems(step, experiment), ...sizeProblems(step, layout),
        ...experiment.method.slice(0, index).flatMap((other, at) => clashProblems(step, other, at, layout)),
      ].map((problem) => `${where}: ${problem}`);
    }),
  ];
}

function supportProblems({ fault }: Step, { supports, substrate }: PlanOptions): string[] {
  const can = supports[fault.kind];
  return can === true ? [] : [`the ${substrate} substrate cannot do this: ${can}`];
}

/** Every place that is named must be one; a fault that strikes nothing proves nothing. */
function nameProblems({ fault }: Step, layout: Layout): string[] {
  const wheres = sheetOf(fault).wheres(fault);
  const unknown = wheres.flatMap((where) => unknownWhere(where, layout));
  if (unknown.length > 0 || !sheetOf(fault).onLinks || linksStruck(fault, layout).length > 0) return unknown;
  if (fault.kind === "slowStore") {
    const where = fault.region === undefined ? "" : ` in region ${fault.region}`;
    return [`strikes nothing: no declared link${where} leads to a store. Say store: true of the services that keep data, and declare the links to them`];
  }
  return [`the target declares no such link (known: ${layout.links.map(linkName).join(", ") || "none"})`];
}

function unknownWhere(where: Where, layout: Layout): string[] {
  const known = { service: "name", kind: "kind", zone: "zone", region: "region" } as const;
  const problems = Object.entries(where).flatMap(([key, value]) => {
    const values = [...new Set([...layout.services.map((service) => service[known[key as keyof typeof known]]), ...(key === "service" ? linkedViewers(layout) : [])])];
    return value === undefined || values.includes(value) ? [] : [unknownName(key === "kind" ? "kind of service" : key, value, values)];
  });
  return problems.length > 0 || servicesAt(where, layout).length > 0 || ("service" in where && where.service === viewers) ? problems : [`there is no ${describeWhere(where)}`];
}

function linkedViewers({ links }: Layout): string[] {
  return links.some((link) => link.from === viewers) ? [viewers] : [];
}

/** What the fault's proof asks of the services that it strikes or whose links it changes. */
function needProblems({ fault }: Step, layout: Layout): string[] {
  const serviceOf = (name: string) => layout.services.find((service) => service.name === name);
  const foreign = (name: string): boolean => serviceOf(name)?.at !== undefined && sheetOf(fault).operations(fault).length === 0;
  return [
    ...servicesStruck(fault, layout).filter(foreign).map((name) => `${name} is not Seawall's own: only the links to it can be broken`),
    ...unique(linksStruck(fault, layout).filter(({ from }) => serviceOf(from)?.at !== undefined).map((link) =>
      `the link ${linkName(link)} cannot be broken: ${link.from} runs already, and nothing gives it the address of the proxy. Let Seawall start it, or break the link from viewers`)),
    ...servicesStruck(fault, layout).flatMap((name) => sheetOf(fault).operations(fault).filter((operation) => serviceOf(name)?.operations?.[operation] === undefined)
      .map((operation) => `${name} has no operation "${operation}", which this fault needs`)),
    ...unique(linksStruck(fault, layout).filter(({ to, port }) => serviceOf(to)?.pings?.[port] === undefined).map(({ to, port }) => `${to} has no ping for its port ${port}, without which nobody can see what its links do`)),
  ];
}

function radiusProblems({ fault }: Step, { blastRadius }: Experiment, layout: Layout): string[] {
  const within = (name: string): boolean => blastRadius.services.includes(name);
  return [
    ...servicesStruck(fault, layout).filter((name) => !within(name)).map((name) => `${name} is outside the blast radius`),
    ...linksStruck(fault, layout).filter(({ from, to }) => !within(from) && !within(to)).map((link) => `the link ${linkName(link)} is outside the blast radius: neither of its ends is in it`),
  ];
}

function timeProblems(step: Step, { phasesMs, method, blastRadius: { faultsAtOnceMax } }: Experiment): string[] {
  const during = method.filter((other) => other.atMs <= step.atMs && step.atMs < other.atMs + other.forMs);
  return [
    ...(step.atMs + step.forMs > phasesMs.fault ? [`ends ${step.atMs + step.forMs} ms into a fault phase of ${phasesMs.fault} ms`] : []),
    ...(during.length > faultsAtOnceMax ? [`${during.length} faults at once, the blast radius allows ${faultsAtOnceMax}`] : []),
  ];
}

/** Healing takes time: to start a service again, or to let it go on. What takes longer makes the next fault on the same wait, and the record shows that. */
const healsWithinMs = { again: 3_000, otherwise: 1_000 } as const;

/** A fault that begins while another is healed would strike the healing. */
function touchProblems(step: Step, other: Step, at: number, layout: Layout): string[] {
  const [first, second] = other.atMs <= step.atMs ? [other, step] : [step, other];
  if (!lasts(first.fault) || sheetOf(first.fault).shares === true) return [];
  const gapMs = second.atMs - (first.atMs + first.forMs);
  const neededMs = sheetOf(first.fault).silences ? healsWithinMs.again : healsWithinMs.otherwise;
  const touched = [
    ...both(servicesStruck(first.fault, layout), servicesStruck(second.fault, layout)),
    ...both(linksStruck(first.fault, layout).map(linkName), linksStruck(second.fault, layout).map(linkName)),
  ];
  if (gapMs < 0 || gapMs >= neededMs || touched.length === 0) return [];
  const order = first === other ? `begins ${gapMs} ms after` : `ends ${gapMs} ms before`;
  return [`${order} step ${at + 1} (${describeFault(other.fault)}) on ${touched.join(", ")}: healing takes time; leave ${neededMs} ms between them`];
}

/** Healing one fault must not clear another, nor must one hide the proof of another. */
function clashProblems(step: Step, other: Step, at: number, layout: Layout): string[] {
  const touching = touchProblems(step, other, at, layout);
  if (touching.length > 0) return touching;
  if (!(other.atMs < step.atMs + step.forMs && step.atMs < other.atMs + other.forMs)) return [];
  const named = `step ${at + 1} (${describeFault(other.fault)})`;
  const shared = sheetOf(step.fault).shares === true && sheetOf(other.fault).shares === true;
  const services = shared ? [] : both(servicesStruck(step.fault, layout), servicesStruck(other.fault, layout));
  const links = both(linksStruck(step.fault, layout).map(linkName), linksStruck(other.fault, layout).map(linkName));
  const hidden = [...deafEnds(step, other, layout), ...deafEnds(other, step, layout)];
  return [
    ...(services.length > 0 ? [`overlaps ${named} on ${services.join(", ")}; healing one would clear the other`] : []),
    ...(links.length > 0 ? [`overlaps ${named} on the link ${links.join(", ")}; what is seen on it could be either, and healing one would clear the other`] : []),
    ...(hidden.length > 0 ? [`overlaps ${named}: ${unique(hidden).join(", ")} cannot answer, so what its links do cannot be seen`] : []),
  ];
}

/** Services that one fault silences and that the proof of the other, on links to them, must hear. */
function deafEnds(one: Step, other: Step, layout: Layout): string[] {
  return sheetOf(one.fault).silences ? both(servicesStruck(one.fault, layout), linksStruck(other.fault, layout).map((link: Link) => link.to)) : [];
}

function both(some: readonly string[], others: readonly string[]): string[] {
  return unique(some.filter((name) => others.includes(name)));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
