/**
 * Selectors for the parts of a target that a fault strikes: services by location, links by their
 * ends.
 */
import { z } from "zod";
import type { Frozen } from "../base/frozen.ts";
import type { Link } from "./layout.ts";

const name = z.string().min(1);
const place = { region: name.optional(), zone: name.optional() };

/**
 * Selects services by exactly one of name, kind, zone or region. A region or a zone can narrow a
 * kind.
 */
export const whereShape = z.union(
  [
    z.strictObject({ service: name }),
    z.strictObject({ kind: name, ...place }),
    z.strictObject({ zone: name }),
    z.strictObject({ region: name }),
  ],
  "select it by service, by kind (optionally in a region or zone), by zone or by region",
);
export type Where = Frozen<z.infer<typeof whereShape>>;

/** Selects declared links by at least one of their ends; `between` matches both directions. */
export const linksShape = z
  .union(
    [
      z.strictObject({ from: whereShape, to: whereShape.optional() }),
      z.strictObject({ from: whereShape.optional(), to: whereShape }),
      z.strictObject({ between: z.tuple([whereShape, whereShape]) }),
    ],
    "select links by { from, to }, where one may be omitted, or by { between: [one, other] }",
  )
  .describe("Which of the target's declared links are struck.");
export type LinkSelector = Frozen<z.infer<typeof linksShape>>;

/** The part of a layout that selectors need; a plan has it, too. */
export interface TopologyView {
  readonly services: readonly {
    readonly name: string;
    readonly kind: string;
    readonly region: string;
    readonly zone: string;
    readonly store?: boolean;
  }[];
  readonly links: readonly Link[];
}

/** The names of the selected services; may be empty. */
export function servicesAt(where: Where, { services }: TopologyView): readonly string[] {
  const given = Object.entries(where).filter(([, value]) => value !== undefined);
  return services
    .filter((service) =>
      given.every(
        ([key, value]) =>
          service[key === "service" ? "name" : (key as "kind" | "region" | "zone")] === value,
      ),
    )
    .map((service) => service.name);
}

export function linksSelected(selector: LinkSelector, standing: TopologyView): readonly Link[] {
  const at = (where: Where | undefined): ((name: string) => boolean) => {
    if (where === undefined) return () => true;
    // Links may start at `usersSide`, which is not a service.
    const names = new Set("service" in where ? [where.service] : servicesAt(where, standing));
    return (name) => names.has(name);
  };
  if ("between" in selector) {
    const [one, other] = [at(selector.between[0]), at(selector.between[1])];
    return standing.links.filter(
      ({ from, to }) => (one(from) && other(to)) || (other(from) && one(to)),
    );
  }
  const [from, to] = [at(selector.from), at(selector.to)];
  return standing.links.filter((link) => from(link.from) && to(link.to));
}

/** The name of a link for users and for the proxy: `region-a/front>region-a/api:http`. */
export function linkName(link: Link): string {
  return `${link.from}>${link.to}:${link.port}`;
}

/** For users: `from region-a/front to kind api`. */
export function describeLinks(selector: LinkSelector): string {
  if ("between" in selector) {
    const [one, other] = selector.between.map(describeWhere);
    return `between ${one} and ${other}`;
  }
  return [["from", selector.from] as const, ["to", selector.to] as const]
    .flatMap(([word, where]) => (where === undefined ? [] : [`${word} ${describeWhere(where)}`]))
    .join(" ");
}

export function describeWhere(where: Where): string {
  return "service" in where
    ? where.service
    : Object.entries(where)
        .flatMap(([key, value]) =>
          value === undefined ? [] : [key === "kind" ? value : `${key} ${value}`],
        )
        .join(" of ");
}
