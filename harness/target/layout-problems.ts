/** Contradictions in any layout: names that occur twice or belong to nothing, and circles. */
import { repeated } from "../base/lists.ts";
import { unknownName } from "../base/nearest.ts";
import { type Layout, type Link, usersSide, type Way } from "./layout.ts";

/** The names in a layout, and how they refer to one another. */
interface Named {
  readonly services: readonly {
    readonly name: string;
    readonly dependsOn: readonly string[];
    /** By name. */
    readonly ports: readonly string[];
  }[];
  readonly links: readonly Link[];
  readonly entries: readonly Way[];
}

/** One line for each. */
export function layoutProblems({ services, links, entries, otherEntries }: Layout): string[] {
  return namesIn({
    services: services.map((one) => ({ ...one, ports: Object.keys(one.ports) })),
    links,
    entries: [entries, ...Object.values(otherEntries ?? {})].flat(),
  });
}

export function namesIn({ services, links, entries }: Named): string[] {
  const names = services.map(({ name }) => name);
  const ends = (service: string, port: string): string[] => {
    const found = services.find(({ name }) => name === service);
    if (found === undefined) return [unknownName("service", service, names)];
    return found.ports.includes(port) ? [] : [unknownName(`port of ${service}`, port, found.ports)];
  };
  return [
    ...repeated(names).map((name) => `service "${name}": the name occurs twice`),
    ...services.flatMap(({ name, dependsOn }) =>
      dependsOn
        .filter((other) => !names.includes(other))
        .map((other) => `service "${name}": dependsOn: ${unknownName("service", other, names)}`),
    ),
    ...circle(new Map(services.map(({ name, dependsOn }) => [name, dependsOn]))),
    ...entries.flatMap(({ service, port }) => ends(service, port)).map((one) => `entries: ${one}`),
    ...links.flatMap(({ from, to, port }) => [
      ...(from === usersSide || names.includes(from)
        ? []
        : [`links: ${unknownName("service", from, [...names, usersSide])}`]),
      ...ends(to, port).map((one) => `links: ${one}`),
      ...(from === to ? [`links: from ${from} to itself`] : []),
    ]),
    ...repeated(links.map(({ from, to, port }) => `${from} > ${to} (${port})`)).map(
      (link) => `links: ${link} occurs twice`,
    ),
  ];
}

/** Services that depend on one another in a circle never start. */
function circle(waits: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (name: string, behind: readonly string[]): string[] | null => {
    if (behind.includes(name)) return [...behind.slice(behind.indexOf(name)), name];
    if (done.has(name)) return null;
    done.add(name);
    for (const other of waits.get(name) ?? []) {
      const found = visit(other, [...behind, name]);
      if (found !== null) return found;
    }
    return null;
  };
  for (const name of waits.keys()) {
    const found = visit(name, []);
    if (found !== null) return [`dependsOn: ${found.join(" waits for ")}: none of them can start`];
  }
  return [];
}
