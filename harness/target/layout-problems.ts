/** Contradictions in any layout: names that occur twice or belong to nothing, and circles. */
import { unknownName } from "../base/nearest.ts";
import { usersSide, type Layout, type Link, type Way } from "./layout.ts";

/** The names in a layout, and how they refer to one another. */
interface Named {
  readonly services: readonly { readonly name: string; readonly dependsOn: readonly string[] }[];
  readonly links: readonly Link[];
  readonly entries: readonly Way[];
}

/** One line for each. */
export function layoutProblems(layout: Layout): string[] {
  const names = layout.services.map(({ name }) => name);
  const problems = namesIn({
    ...layout,
    entries: [layout.entries, ...Object.values(layout.otherEntries ?? {})].flat(),
  });
  if (problems.length > 0) return problems;
  const ports = new Map(layout.services.map(({ name, ports: all }) => [name, Object.keys(all)]));
  const lacking = (of: string, service: string, port: string): string[] => {
    const known = ports.get(service) ?? [];
    return known.includes(port) ? [] : [`${of}: ${unknownName(`port of ${service}`, port, known)}`];
  };
  return [
    ...layout.entries.flatMap(({ service, port }) => lacking("entries", service, port)),
    ...layout.links.flatMap(({ to, port }) => lacking("links", to, port)),
    ...(names.length === 0 ? ["services: a target has at least one"] : []),
  ];
}

export function namesIn({ services, links, entries }: Named): string[] {
  const names = services.map(({ name }) => name);
  return [
    ...repeated(names).map((name) => `service "${name}": the name occurs twice`),
    ...services.flatMap(({ name, dependsOn }) =>
      dependsOn
        .filter((other) => !names.includes(other))
        .map((other) => `service "${name}": dependsOn: ${unknownName("service", other, names)}`),
    ),
    ...circle(new Map(services.map(({ name, dependsOn }) => [name, dependsOn]))),
    ...entries
      .filter(({ service }) => !names.includes(service))
      .map(({ service }) => `entries: ${unknownName("service", service, names)}`),
    ...links.flatMap(({ from, to }) => [
      ...(from === usersSide || names.includes(from)
        ? []
        : [`links: ${unknownName("service", from, [...names, usersSide])}`]),
      ...(names.includes(to) ? [] : [`links: ${unknownName("service", to, names)}`]),
      ...(from === to ? [`links: from ${from} to itself`] : []),
    ]),
    ...repeated(links.map(({ from, to, port }) => `${from} > ${to} (${port})`)).map(
      (link) => `links: ${link} occurs twice`,
    ),
  ];
}

/** Those that occur more than once. */
export function repeated(all: readonly string[]): string[] {
  return [...new Set(all.filter((one, index) => all.indexOf(one) !== index))];
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
