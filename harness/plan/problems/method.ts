/** Problems of an experiment's method: names, ranges, and faults that interfere with each other. */
import { describeFault, kindOf, linksStruck, struckIn } from "../../faults/faults.ts";
import type { Experiment, Step } from "../../experiment/experiment.ts";
import { unknownName } from "../../base/nearest.ts";
import type { PlanOptions } from "../options.ts";
import { sizeProblems } from "./fault-size.ts";
import { type Layout, type Link, type Service, usersSide } from "../../target/layout.ts";
import { canShowUse, useOf } from "../use.ts";
import { describeWhere, linkName, servicesAt, type Where } from "../../target/where.ts";

/** A step, and what it affects in this layout. */
interface Placed extends Step {
  readonly struck: ReturnType<typeof struckIn>;
  readonly links: readonly Link[];
}

export function methodProblems(
  experiment: Experiment,
  layout: Layout,
  options: PlanOptions,
): string[] {
  const steps = experiment.method.map(
    (step): Placed => ({
      ...step,
      struck: struckIn(step.fault, layout),
      links: linksStruck(step.fault, layout),
    }),
  );
  const known = layout.services.map((service) => service.name);
  return [
    ...experiment.blastRadius.services
      .filter((name) => !known.includes(name))
      .map((name) => `blastRadius: ${unknownName("service", name, known)}`),
    ...steps.flatMap((step, index) => {
      const where = `step ${index + 1} (${describeFault(step.fault)})`;
      return [
        ...supportProblems(step, options),
        ...nameProblems(step, layout),
        ...needProblems(step, layout),
        ...useProblems(step, layout, options),
        ...radiusProblems(step, experiment),
        ...timeProblems(step, experiment),
        ...sizeProblems(step, layout),
        ...steps.slice(0, index).flatMap((other, at) => clashProblems(step, other, at)),
      ].map((problem) => `${where}: ${problem}`);
    }),
  ];
}

function supportProblems({ fault }: Step, { supports, substrate }: PlanOptions): string[] {
  const can = supports(kindOf(fault));
  return can === true ? [] : [`the ${substrate} substrate cannot do this: ${can}`];
}

/** Every selector must match; a fault that affects nothing proves nothing. */
function nameProblems({ fault, links }: Placed, layout: Layout): string[] {
  const { onLinks, wheres, strikesNothing } = kindOf(fault);
  const unknown = wheres(fault).flatMap((where) => unknownWhere(where, layout));
  if (unknown.length > 0 || !onLinks || links.length > 0) return unknown;
  return [
    strikesNothing?.(fault) ??
      "the target declares no such link (known: " +
        `${layout.links.map(linkName).join(", ") || "none"})`,
  ];
}

function unknownWhere(where: Where, layout: Layout): string[] {
  const known = { service: "name", kind: "kind", zone: "zone", region: "region" } as const;
  const problems = Object.entries(where).flatMap(([key, value]) => {
    const values = [
      ...new Set([
        ...layout.services.map((service) => service[known[key as keyof typeof known]]),
        ...(key === "service" ? linkedUsers(layout) : []),
      ]),
    ];
    return value === undefined || values.includes(value)
      ? []
      : [unknownName(key === "kind" ? "kind of service" : key, value, values)];
  });
  return problems.length > 0 ||
    servicesAt(where, layout).length > 0 ||
    ("service" in where && where.service === usersSide)
    ? problems
    : [`there is no ${describeWhere(where)}`];
}

function linkedUsers({ links }: Layout): string[] {
  return links.some((link) => link.from === usersSide) ? [usersSide] : [];
}

/** What the fault's proof requires of the services that it affects, or whose links it changes. */
function needProblems({ fault, struck: { services }, links }: Placed, layout: Layout): string[] {
  const serviceOf = (name: string) => layout.services.find((service) => service.name === name);
  const operations = kindOf(fault).operations(fault);
  const foreign = (name: string): boolean =>
    serviceOf(name)?.at !== undefined && operations.length === 0;
  return [
    ...services
      .filter(foreign)
      .map((name) => `${name} is not run by Seawall: faults can strike only the links to it`),
    ...unique(
      links
        .filter(({ from }) => serviceOf(from)?.at !== undefined)
        .map(
          (link) =>
            `the link ${linkName(link)} cannot be broken: ${link.from} runs already, and ` +
            "nothing gives it the address of the proxy. Let Seawall start it, or break the " +
            `link from ${usersSide}`,
        ),
    ),
    ...services.flatMap((name) =>
      operations
        .filter((operation) => serviceOf(name)?.operations?.[operation] === undefined)
        .map((operation) => `${name} has no operation "${operation}", which this fault needs`),
    ),
    ...(kindOf(fault).needs.includes("answers")
      ? unique(links.flatMap((link) => answerProblems(link, serviceOf(link.to))))
      : []),
    ...links.flatMap((link) => {
      const to = serviceOf(link.to);
      const problem = to === undefined ? null : kindOf(fault).linkProblem?.(to, link.port);
      return typeof problem === "string" ? [`the link ${linkName(link)} ${problem}`] : [];
    }),
    ...unique(
      links
        .filter(({ to, port }) => serviceOf(to)?.pings?.[port] === undefined)
        .map(
          ({ to, port }) =>
            `${to} has no ping for its port ${port}, so faults on its links cannot be verified`,
        ),
    ),
  ];
}

/** The proxy on a link reads HTTP. On https, it needs a certificate that clients trust. */
function answerProblems(link: Link, to: Service | undefined): string[] {
  const { [link.port]: access } = to?.access ?? {};
  const named = `the link ${linkName(link)}`;
  if (access?.tls !== undefined)
    return access.tls.standIn === undefined
      ? [
          `${named} is https, and the proxy has no certificate for it that clients trust: give ` +
            `${link.to} one by tls: { standIn: { cert, key } }`,
        ]
      : [];
  const send = to?.pings?.[link.port]?.send;
  const text = typeof send === "string" ? send : new TextDecoder().decode(send);
  return send !== undefined && !/ HTTP\/1\.[01]\r?\n/.test(text)
    ? [`${named} is no HTTP, by its ping: only HTTP has answers that can be struck`]
    : [];
}

/** A fault on an unused service proves nothing: a record must be able to show its use. */
function useProblems(
  { struck: { services } }: Placed,
  layout: Layout,
  { substrate }: PlanOptions,
): string[] {
  const uses = layout.services
    .filter(({ name }) => services.includes(name))
    .map((service) => useOf(service, layout, substrate));
  if (uses.length === 0 || uses.some(canShowUse)) return [];
  return [
    `the record could not show that ${services.join(", ")} is used before the fault: ` +
      "declare a link to it or a counter of its own, or declare it a standby",
  ];
}

function radiusProblems(
  { struck: { services }, links }: Placed,
  { blastRadius }: Experiment,
): string[] {
  const within = (name: string): boolean => blastRadius.services.includes(name);
  return [
    ...services
      .filter((name) => !within(name))
      .map((name) => `${name} is outside the blast radius`),
    ...links
      .filter(({ from, to }) => !within(from) && !within(to))
      .map(
        (link) => `the link ${linkName(link)} is outside the blast radius: neither end is in it`,
      ),
  ];
}

function timeProblems(
  step: Step,
  { phasesMs, method, blastRadius: { faultsAtOnceMax } }: Experiment,
): string[] {
  const during = method.filter(
    (other) => other.atMs <= step.atMs && step.atMs < other.atMs + other.forMs,
  );
  return [
    ...(step.atMs + step.forMs > phasesMs.fault
      ? [`ends ${step.atMs + step.forMs} ms into a fault phase of ${phasesMs.fault} ms`]
      : []),
    ...(during.length > faultsAtOnceMax
      ? [`${during.length} faults at once, the blast radius allows ${faultsAtOnceMax}`]
      : []),
  ];
}

/**
 * Time in ms for a heal: to start a service again, or to resume it. A slower heal delays the next
 * fault on the same service, and the record shows that.
 */
const healsWithinMs = { again: 3_000, otherwise: 1_000 } as const;

/** A fault that begins during another heal would interfere with it. */
function touchProblems(step: Placed, other: Placed, at: number): string[] {
  const [first, second] = other.atMs <= step.atMs ? [other, step] : [step, other];
  if (!first.struck.lasts || kindOf(first.fault).shares === true) return [];
  const gapMs = second.atMs - (first.atMs + first.forMs);
  const neededMs = first.struck.silences ? healsWithinMs.again : healsWithinMs.otherwise;
  const touched = [
    ...both(first.struck.services, second.struck.services),
    ...both(first.struck.links, second.struck.links),
  ];
  if (gapMs < 0 || gapMs >= neededMs || touched.length === 0) return [];
  const order = first === other ? `begins ${gapMs} ms after` : `ends ${gapMs} ms before`;
  return [
    `${order} step ${at + 1} (${describeFault(other.fault)}) on ${touched.join(", ")}: ` +
      `healing takes time; leave ${neededMs} ms between them`,
  ];
}

/** The heal of one fault must not clear another, and no fault may hide the proof of another. */
function clashProblems(step: Placed, other: Placed, at: number): string[] {
  const touching = touchProblems(step, other, at);
  if (touching.length > 0) return touching;
  if (!(other.atMs < step.atMs + step.forMs && step.atMs < other.atMs + other.forMs)) return [];
  const named = `step ${at + 1} (${describeFault(other.fault)})`;
  const shared = kindOf(step.fault).shares === true && kindOf(other.fault).shares === true;
  const services = shared ? [] : both(step.struck.services, other.struck.services);
  const links = both(step.struck.links, other.struck.links);
  const hidden = [...silencedEnds(step, other), ...silencedEnds(other, step)];
  return [
    ...(services.length > 0
      ? [`overlaps ${named} on ${services.join(", ")}; healing one would heal the other`]
      : []),
    ...(links.length > 0
      ? [
          `overlaps ${named} on the link ${links.join(", ")}; its effect could be either ` +
            "one's, and healing one would heal the other",
        ]
      : []),
    ...(hidden.length > 0
      ? [
          `overlaps ${named}: ${unique(hidden).join(", ")} cannot answer, so faults on its ` +
            "links cannot be verified",
        ]
      : []),
  ];
}

/**
 * Services that one fault silences, although the proof of the other, on links to them, needs their
 * answers.
 */
function silencedEnds({ struck: { silences, services } }: Placed, { links }: Placed): string[] {
  return silences
    ? both(
        services,
        links.map(({ to }) => to),
      )
    : [];
}

function both(some: readonly string[], others: readonly string[]): string[] {
  return unique(some.filter((name) => others.includes(name)));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
