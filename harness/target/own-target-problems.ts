/**
 * Validates the description of a user's own target at run time, because its author may not check
 * types. One line per problem.
 */
import { z } from "zod";
import { repeated } from "../base/lists.ts";
import { unknownName } from "../base/nearest.ts";
import type { OwnParts, OwnTarget, Running } from "./own-target-description.ts";
import { type Endpoint, usersSide } from "./layout.ts";
import { namesIn } from "./layout-problems.ts";
import { toolNames, toolsOfHarness } from "./tools.ts";

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
const labels = z.record(z.string(), z.array(z.string()).min(1).nullable()).optional();
const alertNames = z.array(z.string().min(1)).min(1);
const promql = z.string().min(1, "a query in PromQL");
const series = z.union([
  seriesName,
  z.strictObject({
    name: seriesName,
    kind: z.enum(["counter", "gauge"]).optional(),
    labels,
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
  queries: z
    .record(
      seriesName,
      z.union([promql, z.strictObject({ query: promql, unit: z.string().optional(), labels })]),
    )
    .optional(),
  alerts: z
    .union([
      alertNames,
      z.strictObject({ webhook: z.number().int().min(1024).max(65_535), names: alertNames }),
    ])
    .optional(),
  operations: z
    .record(
      z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]*$/, "a word"),
      z.discriminatedUnion("kind", [
        z.strictObject({
          kind: z.literal("command"),
          command: z.custom<unknown>((one) => typeof one === "function", "must be a function"),
          withinMs: z.number().positive().max(120_000).optional(),
        }),
        z.strictObject({
          kind: z.literal("http"),
          port: z.string(),
          method: z.enum(["GET", "POST", "DELETE"]),
          path: z.string().startsWith("/"),
          body: z.string().optional(),
          reads: z.string().optional(),
        }),
        z.strictObject({
          kind: z.literal("tcp"),
          port: z.string(),
          send: z.string(),
          expect: z.instanceof(RegExp),
          means: z.record(z.string(), z.string()).optional(),
        }),
      ]),
    )
    .optional(),
};
const file = z.string().refine((path) => path.startsWith("/"), "the whole path of a file");
const variable = z.string().regex(/^[A-Za-z_]\w*$/, "the name of a variable");
const header = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "the name of a header");
export const sessionShape = z.strictObject({
  path,
  method: z.enum(["GET", "POST"]).optional(),
  body: z.string().optional(),
  token: z.string().regex(/^\w+(\.\w+)*$/, "a member of the JSON answer: data.token"),
  header: header.optional(),
  query: z
    .string()
    .regex(/^[\w.~-]+$/, "the name of a parameter")
    .optional(),
  as: z.string().includes("{token}").optional(),
});
const probeSession = sessionShape.refine(
  (one) => (one.header === undefined) !== (one.query === undefined),
  "a header or a query carries the token: name one of them",
);
/** Of what the bundled workloads ask for. */
const headerSession = sessionShape.refine(
  (one) => one.header !== undefined && one.query === undefined,
  "the bundled workloads send the token in a header: name it, and no query",
);
const spoken = {
  http: z.union([z.literal(1.1), z.literal(2)], "1.1 or 2").optional(),
  session: headerSession.optional(),
  host: z.string().min(1).optional(),
  headers: z.record(header, z.string()).optional(),
  secretHeaders: z.record(header, variable).optional(),
  tls: z
    .strictObject({
      ca: file.optional(),
      cert: file.optional(),
      key: file.optional(),
      serverName: z.string().min(1).optional(),
      standIn: z
        .strictObject({
          cert: file,
          key: file,
          expired: z.strictObject({ cert: file, key: file }).optional(),
        })
        .optional(),
    })
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), "cert needs key")
    .optional(),
};
const portName = z.string().regex(/^[a-z][a-z0-9]*$/, "a name in lower-case letters");
const portNumber = z
  .number("a whole number, 1024 to 65535")
  .int("a whole number")
  .min(1024, "at least 1024")
  .max(65_535, "at most 65535");
const address = "must read http://HOST:PORT or https://HOST:PORT, perhaps with a path";
export const runningShape = z.strictObject({
  ...service,
  ...spoken,
  url: z.string().refine(isAddress, address),
  ports: z
    .record(
      portName,
      z.string().refine((at) => endpointIn(at) !== null, "must read HOST:PORT"),
    )
    .optional(),
});
export const startedShape = z.strictObject({
  ...service,
  ...spoken,
  port: portNumber,
  https: z.boolean().optional(),
  ports: z.record(portName, portNumber).optional(),
  tools: z.array(z.string()).optional(),
  dependsOn: z.array(z.string()).optional(),
  readyWithinMs: ms.optional(),
  launch: z.custom<unknown>((value) => typeof value === "function", "must be a function"),
});

const fileName = z.string().regex(/^[\w][\w.+-]*$/, "a name, without its folder");
const versionNumber = z.string().regex(/^\d+(\.\d+)*$/, "a version, such as 7.0");
export const targetToolShape = z.strictObject({
  program: fileName.optional(),
  debian: fileName.optional(),
  versionArgs: z.array(z.string()).optional(),
  atLeast: versionNumber,
  below: versionNumber.optional(),
});
const command = z.strictObject({ command: z.string().min(1), args: z.array(z.string()) });
export const ownTargetShape = z.strictObject({
  name: z.string().regex(/^[^\p{C}]+$/u, "a name in one line"),
  version: z.string().optional(),
  services: z.array(z.unknown()).min(1),
  links: z.array(z.tuple([z.string(), z.string(), z.literal("own work").optional()])).optional(),
  outside: z
    .union([
      z.strictObject({ composeFile: z.string().min(1) }),
      z.strictObject({ up: command, down: command }),
    ])
    .optional(),
  pack: z.looseObject({ name: z.string(), metrics: z.record(z.string(), z.unknown()) }).optional(),
  tools: z
    .record(place, targetToolShape)
    .refine((tools) => !Object.keys(tools).some((name) => toolsOfHarness.includes(name)), {
      error: `Seawall brings ${toolsOfHarness.join(", ")} itself`,
    })
    .optional(),
  defences: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/, "a name of letters"),
        title: z.string().min(1),
      }),
    )
    .optional(),
  probes: z
    .array(
      z.strictObject({ service: z.string(), path, lane: place, session: probeSession.optional() }),
    )
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

/** A key of earlier versions that moved to another function. */
const shapeWithOlder = ownTargetShape.extend({
  stream: z.never("streamTarget() describes a stream, and defineTarget() does not").optional(),
});

/** The address is not repeated in the message, because it may contain a password. */
function isAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, search, hash, username, password } = new URL(url);
  return (
    ["http:", "https:"].includes(protocol) &&
    [search, hash, username, password].every((part) => part === "")
  );
}

/** `HOST:PORT`, or null. */
export function endpointIn(text: string): Endpoint | null {
  if (!/^(?:\[[0-9a-f:.]+\]|[^\s:/@[\]]+):\d{1,5}$/i.test(text)) return null;
  const at = text.lastIndexOf(":");
  return { host: text.slice(0, at).replaceAll(/[[\]]/g, ""), port: Number(text.slice(at + 1)) };
}

/** The port that a service has without saying so. */
export const firstPort = "http";

/** `shop`, or `shop:cache` for another of its ports. */
export function endOf(end: string): { readonly service: string; readonly port: string } {
  const at = end.indexOf(":");
  return at < 0
    ? { service: end, port: firstPort }
    : { service: end.slice(0, at), port: end.slice(at + 1) };
}

/** These names have another meaning in records and plans. */
const reserved = [usersSide, "toxiproxy", "http-proxy", "k6", "seawall"];
/** Last octets of a zone's addresses, 11…254. */
export const servicesMax = 244;

/** `nowMs`: epoch ms. */
export function ownTargetProblems(own: OwnTarget, nowMs: number): string[] {
  const whole = shapeWithOlder.safeParse(own);
  const problems = [
    ...(whole.success ? [] : linesOf(whole.error, "", ownTargetShape.shape)),
    ...eachService(own),
  ];
  // The checks below look up parts by name, so the names must be valid first.
  const lines =
    problems.length > 0
      ? problems
      : [
          ...serviceProblems(own),
          ...(own.parts === undefined ? probeProblems(own) : own.parts.problems(nowMs)),
        ];
  return lines.map((line) => `target ${typeof own.name === "string" ? own.name : ""}: ${line}`);
}

function eachService({ services }: OwnTarget): string[] {
  if (!Array.isArray(services)) return [];
  return services.flatMap((one: unknown, index) => {
    const isRunning = typeof one === "object" && one !== null && "url" in one;
    const kind = isRunning ? runningShape : startedShape;
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

function serviceProblems({ services, links = [], entries, tools = {} }: OwnTarget): string[] {
  const names = services.map(({ name }) => name);
  return [
    ...names
      .filter((name) => reserved.includes(name))
      .map((name) => `service "${name}": the harness reserves this name`),
    ...(services.length > servicesMax
      ? [`services: ${services.length}, and there are addresses for ${servicesMax}`]
      : []),
    ...namesIn({
      services: services.map((one) => ({
        name: one.name,
        dependsOn: "url" in one ? [] : (one.dependsOn ?? []),
        ports: [firstPort, ...Object.keys(one.ports ?? {})],
      })),
      links: links.map(([from, to]) => {
        const { service, port } = endOf(to);
        return { from, to: service, port };
      }),
      entries: entries.map((service) => ({ service, port: firstPort })),
    }),
    ...repeated(entries).map((name) => `entries: "${name}" occurs twice`),
    ...sharedAddresses(services),
    ...unknownTools(services, tools),
    ...services
      .filter((one) => one.tls !== undefined && !speaksTls(one))
      .map(({ name }) => `service "${name}": tls: it does not speak https`),
    ...services
      .filter((one) => one.http === 2 && !speaksTls(one))
      .map(({ name }) => `service "${name}": http: k6 speaks HTTP/2 over https alone`),
    ...mixedVersions(services.filter((one) => entries.includes(one.name) && speaksTls(one))),
  ];
}

/** The load is one program, which offers HTTP/2 to all of its entries or to none. */
function mixedVersions(entries: OwnTarget["services"]): string[] {
  const without = entries.filter(({ http }) => http === 1.1).map(({ name }) => name);
  const other = entries.filter(({ http }) => http !== 1.1).map(({ name }) => name);
  return without.length === 0 || other.length === 0
    ? []
    : [
        `http: k6 offers HTTP/2 to all entries or to none, so say 1.1 of ${other.join(", ")} ` +
          `too, or of none (${without.join(", ")})`,
      ];
}

function speaksTls(one: OwnTarget["services"][number]): boolean {
  return "url" in one ? one.url.startsWith("https:") : one.https === true;
}

function unknownTools(
  services: OwnTarget["services"],
  brought: NonNullable<OwnTarget["tools"]>,
): string[] {
  const known = [...new Set([...toolNames(), ...Object.keys(brought)])];
  return services.flatMap((one) =>
    ("url" in one ? [] : (one.tools ?? []))
      .filter((name) => !known.includes(name))
      .map((name) => `service "${one.name}": tools: ${unknownName("tool", name, known)}`),
  );
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
