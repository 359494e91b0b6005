/**
 * Validates the description of a user's own target at run time, because its author may not check
 * types. One line per problem.
 */
import { z } from "zod";
import { unknownName } from "../base/nearest.ts";
import type { OwnParts, OwnTarget, Running } from "./own-target-description.ts";
import { usersSide } from "./layout.ts";
import { toolNames } from "./tools.ts";

const named = z
  .string()
  .regex(
    /^[a-z0-9]+([-/][a-z0-9]+)*$/,
    'lower-case words joined by hyphens or "/", such as region-a/api',
  );
const place = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens");
const path = z.string().regex(/^\/[^\s\\#]*$/, 'a path: it begins with "/" and holds no space');
const ms = z.number().positive().max(600_000);
const seriesName = z
  .string()
  .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "the name of a Prometheus series");
const series = z.union([
  seriesName,
  z.strictObject({
    name: seriesName,
    kind: z.enum(["counter", "gauge"]).optional(),
    labels: z.record(z.string(), z.array(z.string()).min(1).nullable()).optional(),
  }),
]);

const service = {
  name: named,
  kind: z.string().min(1).optional(),
  store: z.boolean().optional(),
  standby: z.boolean().optional(),
  region: place.optional(),
  zone: place.optional(),
  ready: path.optional(),
  metrics: z.strictObject({ path, series: z.array(series).min(1) }).optional(),
};
const address =
  "must read http://HOST:PORT; where only https is offered, put a local proxy in between";
const running = z.strictObject({ ...service, url: z.string().refine(isAddress, address) });
const started = z.strictObject({
  ...service,
  port: z
    .number("a whole number, 1024 to 65535")
    .int("a whole number")
    .min(1024, "at least 1024")
    .max(65_535, "at most 65535"),
  tools: z
    .array(
      z.string().refine((name) => toolNames().includes(name), {
        error: ({ input }) => unknownName("tool", String(input), toolNames()),
      }),
    )
    .optional(),
  dependsOn: z.array(z.string()).optional(),
  readyWithinMs: ms.optional(),
  launch: z.custom<unknown>((value) => typeof value === "function", "must be a function"),
});

const command = z.strictObject({ command: z.string().min(1), args: z.array(z.string()) });
const shape = z.strictObject({
  name: z.string().regex(/^[^\p{C}]+$/u, "a name in one line"),
  version: z.string().optional(),
  services: z.array(z.unknown()).min(1),
  links: z.array(z.tuple([z.string(), z.string()])).optional(),
  outside: z
    .union([
      z.strictObject({ composeFile: z.string().min(1) }),
      z.strictObject({ up: command, down: command }),
    ])
    .optional(),
  pack: z.looseObject({ name: z.string(), metrics: z.record(z.string(), z.unknown()) }).optional(),
  defences: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/, "a name of letters"),
        title: z.string().min(1),
      }),
    )
    .optional(),
  probes: z
    .array(z.strictObject({ service: z.string(), path, lane: place }))
    .min(1)
    .optional(),
  entries: z.array(z.string()).min(1, "a target needs at least one entry"),
  parts: z
    .custom<OwnParts>(
      (value) => typeof (value as Partial<OwnParts> | null)?.problems === "function",
      "what a function of a pack makes of a target, such as streamTarget",
    )
    .optional(),
});

/** The address is not repeated in the message, because it may contain a password. */
function isAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, pathname, search, hash, username, password } = new URL(url);
  return (
    protocol === "http:" &&
    pathname === "/" &&
    [search, hash, username, password].every((part) => part === "")
  );
}

/** These names have another meaning in records and plans. */
const reserved = [usersSide, "toxiproxy", "k6", "seawall"];
/** Last octets of a zone's addresses, 11…254. */
export const servicesMax = 244;

/** `nowMs`: epoch ms. */
export function ownTargetProblems(own: OwnTarget, nowMs: number): string[] {
  const whole = shape.safeParse(own);
  const problems = [
    ...(whole.success ? [] : linesOf(whole.error, "", shape.shape)),
    ...eachService(own),
  ];
  // The checks below look up parts by name, so the names must be valid first.
  const lines =
    problems.length > 0
      ? problems
      : [
          ...serviceProblems(own),
          ...nameProblems(own),
          ...(own.parts === undefined ? probeProblems(own) : own.parts.problems(nowMs)),
        ];
  return lines.map((line) => `target ${typeof own.name === "string" ? own.name : ""}: ${line}`);
}

function eachService({ services }: OwnTarget): string[] {
  if (!Array.isArray(services)) return [];
  return services.flatMap((one: unknown, index) => {
    const isRunning = typeof one === "object" && one !== null && "url" in one;
    const kind = isRunning ? running : started;
    const result = kind.safeParse(one);
    const name = (one as { name?: unknown } | null)?.name;
    const where =
      typeof name === "string" && name !== ""
        ? `service ${JSON.stringify(name)}: `
        : `services.${index}: `;
    return result.success ? [] : linesOf(result.error, where, kind.shape);
  });
}

/**
 * Suggests the nearest known key for an unknown one; `known` returns the keys of the object at the
 * path `of`.
 */
export function linesOf(error: z.ZodError, where: string, known: object, of = ""): string[] {
  return error.issues.flatMap((issue) => {
    const place = issue.path.map(String).join(".");
    const before = `${where}${place === "" ? "" : `${place}: `}`;
    if (issue.code !== "unrecognized_keys") return [`${before}${issue.message}`];
    const keys = place === of ? Object.keys(known) : null;
    return issue.keys.map(
      (key) => `${before}${keys === null ? `unknown key "${key}"` : unknownName("key", key, keys)}`,
    );
  });
}

function serviceProblems({ services }: OwnTarget): string[] {
  const names = services.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  const waits = new Map(
    services.map((one) => [one.name, "url" in one ? [] : (one.dependsOn ?? [])]),
  );
  return [
    ...twice.map((name) => `service "${name}": the name occurs twice`),
    ...names
      .filter((name) => reserved.includes(name))
      .map((name) => `service "${name}": the harness reserves this name`),
    ...(services.length > servicesMax
      ? [`services: ${services.length}, and there are addresses for ${servicesMax}`]
      : []),
    ...[...waits].flatMap(([name, others]) =>
      others
        .filter((other) => !names.includes(other))
        .map((other) => `service "${name}": dependsOn: ${unknownName("service", other, names)}`),
    ),
    ...circle(waits),
  ];
}

/** Services that depend on one another in a cycle never start. */
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

/** Without a prober, the generator would be the only witness of what is served. */
function probeProblems({ probes = [], entries }: OwnTarget): string[] {
  if (probes.length === 0) return ["probes: the prober has nothing to request: list probes"];
  return probes
    .filter(({ service }) => !entries.includes(service))
    .map(({ service }) => `probes: ${unknownName("service", service, entries)}`);
}

/** A service that is described twice would be requested twice, counted twice, and lost as one. */
function sharedAddresses(services: OwnTarget["services"]): string[] {
  const running = services.filter((one): one is Running => "url" in one && URL.canParse(one.url));
  const shared = Map.groupBy(running, ({ url }) => addressOf(new URL(url)));
  return [...shared.values()]
    .filter((all) => all.length > 1)
    .map((all) => `services: ${all.map(({ name }) => name).join(" and ")} have the same address`);
}

/** A name that always means this machine is its address. */
function addressOf({ hostname, host }: URL): string {
  return /^(?:.+\.)?localhost\.?$/.test(hostname) ? host.replace(hostname, "127.0.0.1") : host;
}

function nameProblems({ services, entries, links = [] }: OwnTarget): string[] {
  const names = services.map(({ name }) => name);
  const joined = links.map((link) => link.join(" > "));
  const twice = (all: readonly string[]): string[] => [
    ...new Set(all.filter((one, index) => all.indexOf(one) !== index)),
  ];
  return [
    ...entries
      .filter((name) => !names.includes(name))
      .map((name) => `entries: ${unknownName("service", name, names)}`),
    ...twice(entries).map((name) => `entries: "${name}" occurs twice`),
    ...sharedAddresses(services),
    ...links.flatMap(([from, to]) => [
      ...(from === usersSide || names.includes(from)
        ? []
        : [`links: ${unknownName("service", from, [...names, usersSide])}`]),
      ...(names.includes(to) ? [] : [`links: ${unknownName("service", to, names)}`]),
      ...(from === to ? [`links: from ${from} to itself`] : []),
    ]),
    ...twice(joined).map((link) => `links: ${link} occurs twice`),
  ];
}
