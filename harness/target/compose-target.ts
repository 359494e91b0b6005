/**
 * A target whose services are containers of a compose project that runs already, or that `outside`
 * brings up. Faults reach them by the names of their services.
 */
import { z } from "zod";
import { unknownName } from "../base/nearest.ts";
import { type Layout, type Service, usersSide } from "./layout.ts";
import { defineTarget, projectOf } from "./own-target.ts";
import type { Named, OwnTarget, Running } from "./own-target-description.ts";
import { endOf, linesOf } from "./own-target-problems.ts";
import type { Target } from "./target.ts";

/** A service of the compose project. */
export interface Composed
  extends Named,
    Pick<Running, "headers" | "secretHeaders" | "host" | "tls"> {
  /** Its name in the compose file; by default, `name`. */
  readonly service?: string;
  /** The port on which it listens in its container. */
  readonly port: number;
  /**
   * The address at which it is published, such as `http://127.0.0.1:8080`. Users enter there.
   * Without it, they reach the container by its own address.
   */
  readonly published?: string;
  /** Its other ports in its container, by name, for links and operations. */
  readonly ports?: Readonly<Record<string, number>>;
  /**
   * The number of its containers. They are called `NAME-1`, `NAME-2` and so on, of the kind and in
   * the zone NAME, so that a fault can strike one or all. One container is called NAME.
   */
  readonly replicas?: number;
}

/** The description of a compose project as a target. */
export interface ComposeTarget extends Omit<OwnTarget, "services"> {
  /** The name of the project, as in `docker compose ls`. Left out with `outside.composeFile`. */
  readonly project?: string;
  /** Containers of the project, and services elsewhere. Others of the project are left alone. */
  readonly services: readonly (Composed | Running)[];
}

/**
 * Turns a description into a target. `plan` reports all problems of it. A pack's function, such as
 * `streamTarget`, can take the place of `make`.
 * @example
 * ```ts
 * const shop = composeTarget({
 *   name: "shop",
 *   project: "shop",
 *   services: [
 *     { name: "front", port: 80, published: "http://127.0.0.1:8080" },
 *     { name: "api", port: 8080, replicas: 2 },
 *   ],
 *   entries: ["front"],
 *   probes: [{ service: "front", path: "/items", lane: "read" }],
 * });
 * ```
 */
export function composeTarget(
  described: ComposeTarget,
  make: (own: OwnTarget) => Target = defineTarget,
): Target {
  const { project: given, services, ...own } = described;
  const containers = servicesOf(services);
  const target = make({ ...own, services: containers.map(({ running }) => running) });
  const project = given ?? projectOf(own.name);
  return {
    ...target,
    runsOn: "compose",
    problems: (nowMs) => {
      const problems = composeProblems(described);
      return problems.length > 0
        ? problems.map((line) => `target ${own.name}: ${line}`)
        : (target.problems?.(nowMs) ?? []);
    },
    topologies: Object.fromEntries(
      Object.entries(target.topologies).map(([name, topology]) => [
        name,
        { ...topology, layout: () => inContainers(topology.layout(), project, containers) },
      ]),
    ),
  };
}

interface Placed {
  /** As a service that already runs, whose address is not known yet. */
  readonly running: Running;
  /** Null for a service elsewhere. */
  readonly composed: { readonly of: Composed; readonly number: number } | null;
}

function servicesOf(services: ComposeTarget["services"]): Placed[] {
  if (!Array.isArray(services)) return [];
  return (services as ComposeTarget["services"]).flatMap((one): Placed[] => {
    if (!isComposed(one)) return [{ running: one, composed: null }];
    const { service: _service, port, ports, published, replicas = 1, ...named } = one;
    const count = Number.isInteger(replicas) ? Math.min(Math.max(replicas, 1), replicasMax) : 1;
    return Array.from({ length: count }, (_, index) => {
      const name = count === 1 ? one.name : replicaName(one.name, index + 1);
      const host = `${String(name).replaceAll("/", ".")}.invalid`;
      const others = Object.entries(ports ?? {}).map(([key, number]) => [key, `${host}:${number}`]);
      const url = published ?? `http://${host}:${port}`;
      return {
        running: {
          kind: one.name,
          zone: zoneOf(one.name),
          ...named,
          name,
          url,
          ...(ports === undefined ? {} : { ports: Object.fromEntries(others) }),
        },
        composed: { of: one, number: index + 1 },
      };
    });
  });
}

/** Zones have no slash. */
function zoneOf(name: string): string {
  return String(name).replaceAll("/", "-");
}

function isComposed(one: Composed | Running): one is Composed {
  return typeof one === "object" && one !== null && !("url" in one);
}

function inContainers(layout: Layout, project: string, placed: readonly Placed[]): Layout {
  return {
    ...layout,
    project,
    services: layout.services.map((service, index): Service => {
      const composed = placed[index]?.composed ?? null;
      if (composed === null) return service;
      const { at = {}, ports, ...rest } = service;
      const { of, number } = composed;
      return {
        ...rest,
        readyWithinMs: 30_000,
        ports: { ...ports, [firstOf(ports)]: of.port },
        container: {
          service: of.service ?? of.name,
          number,
          published: of.published === undefined ? {} : firstAlone(at),
        },
      };
    }),
  };
}

/** Only the first port is published; the others are those in the container. */
function firstAlone<T>(at: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(at).slice(0, 1));
}

function firstOf(ports: Service["ports"]): string {
  return Object.keys(ports)[0] ?? "";
}

const replicasMax = 50;
const projectName = /^[a-z0-9][a-z0-9_-]*$/;
/** What it checks beyond any other target. */
export const composedShape = z.object({
  port: z.number("a whole number").int("a whole number").min(1).max(65_535, "at most 65535"),
  service: z.string().min(1).optional(),
  replicas: z
    .number("a whole number")
    .int("a whole number")
    .min(1, "at least 1")
    .max(replicasMax, `at most ${replicasMax}`)
    .optional(),
});

/** What this form adds to the description; the rest is checked as any other target's. */
function composeProblems({ project, outside, services, links = [] }: ComposeTarget): string[] {
  if (!Array.isArray(services)) return [];
  const bringsUp = outside !== undefined && "composeFile" in outside;
  const all = services as ComposeTarget["services"];
  const composed = all.filter(isComposed);
  return [
    ...(bringsUp === (project !== undefined)
      ? [
          bringsUp
            ? "project: leave it out with outside.composeFile, which makes a project of its own"
            : "project: name the compose project (`docker compose ls` lists them)",
        ]
      : []),
    ...(project !== undefined && !projectName.test(project)
      ? ["project: a name of lower-case letters, digits, hyphens and underscores"]
      : []),
    ...composed.flatMap((one) => {
      const { error } = composedShape.safeParse(one);
      const where = `service "${one.name}": `;
      return [
        ...(error === undefined ? [] : linesOf(error, where, composedShape.shape)),
        ...(one.published !== undefined && (one.replicas ?? 1) > 1
          ? [`${where}published: ${one.replicas} containers cannot have one address`]
          : []),
      ];
    }),
    ...linkProblems(all, links),
  ];
}

/** A proxy within a project takes the names of one service, for all its clients. */
function linkProblems(
  services: ComposeTarget["services"],
  links: NonNullable<ComposeTarget["links"]>,
): string[] {
  const composed = services.filter(isComposed);
  const single = composed.filter(({ replicas = 1 }) => replicas === 1).map(({ name }) => name);
  const several = composed.filter(({ replicas = 1 }) => replicas > 1).map(({ name }) => name);
  const within = links.filter(([from]) => from !== usersSide);
  const clients = Map.groupBy(within, ([, to]) => endOf(String(to)).service);
  const replicas = new Set(several.flatMap((name) => namesOf(composed, name)));
  return [
    ...links.flatMap(([from, to]) =>
      [from, endOf(String(to)).service]
        .filter((end) => several.includes(end) || replicas.has(end))
        .map(
          (end) =>
            `links: ${from} > ${to} cannot be struck: ${end} is one of several containers of ` +
            "one name, and a proxy stands for all of them",
        ),
    ),
    ...within
      .filter(([from, to]) =>
        [from, endOf(String(to)).service].some(
          (end) =>
            services.some(({ name }) => name === end) && !composed.some((one) => one.name === end),
        ),
      )
      .map(
        ([from, to]) =>
          `links: ${from} > ${to} cannot be struck: only a container can be given a proxy ` +
          "within its project",
      ),
    ...[...clients]
      .filter(([, all]) => all.length > 1)
      .map(
        ([to, all]) =>
          `links: ${all.map(([from]) => from).join(" and ")} > ${to} cannot be struck ` +
          "one by one: " +
          "a proxy takes a service's name for all its clients, so declare one link to it",
      ),
    ...links
      .map(([from]) => from)
      .filter(
        (from) =>
          from !== usersSide && !services.some(({ name }) => name === from) && !replicas.has(from),
      )
      .map((from) => `links: ${unknownName("service", from, [...single, usersSide])}`),
  ];
}

function namesOf(composed: readonly Composed[], name: string): string[] {
  const count = composed.find((one) => one.name === name)?.replicas ?? 1;
  return Array.from({ length: count }, (_, index) => replicaName(name, index + 1));
}

function replicaName(service: string, number: number): string {
  return `${service}-${number}`;
}
