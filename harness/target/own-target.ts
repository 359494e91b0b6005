/**
 * A user's own target in short form: services that already run (a URL) and services that Seawall
 * starts (any command). It also lists the links that faults may strike, and the entry points.
 * Ablation needs defences, which are switches.
 */
import type { Named, OwnSeries, OwnTarget, Running, Started } from "./own-target-description.ts";
import { clientHello } from "./client-hello.ts";
import { endOf, endpointIn, firstPort, ownTargetProblems } from "./own-target-problems.ts";
import type {
  Access,
  Command,
  Endpoint,
  Layout,
  Link,
  Outside,
  Service,
  Telemetry,
} from "./layout.ts";
import type { Target } from "./target.ts";

const port = firstPort;

/**
 * Turns a description into a target. It does not validate: `plan` reports all problems of the
 * description, one line each, before anything starts.
 * @example
 * ```ts
 * const shop = defineTarget({
 *   name: "shop",
 *   services: [{ name: "api", url: "http://127.0.0.1:8080", ready: "/health" }],
 *   links: [["users", "api"]],
 *   entries: ["api"],
 *   probes: [{ service: "api", path: "/items", lane: "read" }],
 * });
 * ```
 */
export function defineTarget(own: OwnTarget): Target {
  return {
    name: own.name,
    own: true,
    ...(own.version === undefined ? {} : { version: own.version }),
    defences: own.defences ?? [],
    ...(own.pack === undefined ? {} : { pack: own.pack }),
    problems: (nowMs) => ownTargetProblems(own, nowMs),
    topologies: { own: { title: `As ${own.name} describes it`, layout: () => layoutOf(own) } },
  };
}

function layoutOf(own: OwnTarget): Layout {
  return {
    services: own.services.map(serviceOf),
    links: (own.links ?? []).map(([from, to, work]): Link => {
      const end = endOf(to);
      return {
        from,
        to: end.service,
        port: end.port,
        ...(work === undefined ? {} : { ownWork: true }),
      };
    }),
    entries: own.entries.map((service) => ({ service, port })),
    ...(own.parts === undefined ? probedBy(own) : own.parts.layout(own.entries, port)),
    ...(own.outside === undefined ? {} : { outside: outsideOf(own.name, own.outside) }),
  };
}

function probedBy({ probes = [] }: OwnTarget): Pick<Layout, "playable" | "probes"> {
  const asked = probes.map((probe) => ({ ...probe, port }));
  return { playable: () => asked, probes: asked };
}

const upWithinMs = 300_000;

/** One compose project per target: two simultaneous runs of it would share its ports anyway. */
export function projectOf(target: string): string {
  return `seawall-${target}`;
}

function outsideOf(name: string, outside: NonNullable<OwnTarget["outside"]>): Outside {
  if ("up" in outside) return { ...outside, upWithinMs };
  const compose = (...args: string[]): Command => ({
    command: "docker",
    args: ["compose", "-f", outside.composeFile, "-p", projectOf(name), ...args],
  });
  return {
    up: compose("up", "--detach", "--wait"),
    down: compose("down", "--volumes", "--remove-orphans", "--timeout", "5"),
    upWithinMs,
  };
}

function serviceOf(own: Running | Started, index: number): Service {
  const region = own.region ?? "own";
  const telemetry = telemetryOf(own);
  const at = "url" in own ? portsOf(own) : undefined;
  const access = accessOf(own);
  return {
    name: own.name,
    kind: own.kind ?? own.name,
    region,
    zone: own.zone ?? region,
    host: 11 + index,
    ports:
      at === undefined
        ? { [port]: (own as Started).port, ...(own as Started).ports }
        : Object.fromEntries(Object.entries(at).map(([name, one]) => [name, one.port])),
    tools: "url" in own ? [] : (own.tools ?? []),
    dependsOn: "url" in own ? [] : (own.dependsOn ?? []),
    ready:
      own.ready === undefined ? { kind: "tcp", port } : { kind: "http", port, path: own.ready },
    readyWithinMs: "url" in own ? 5_000 : (own.readyWithinMs ?? 30_000),
    drainMs: 3_000,
    telemetry,
    pings: {
      [port]: {
        send:
          access?.tls === undefined
            ? `HEAD ${access?.basePath ?? ""}${own.ready ?? "/"} HTTP/1.1\r\nHost: ` +
              `${access?.hostHeader ?? own.name.replaceAll("/", ".")}\r\nConnection: close\r\n\r\n`
            : clientHello(),
      },
      // What is no protocol is answered with words or with the end of the connection.
      ...Object.fromEntries(Object.keys(own.ports ?? {}).map((name) => [name, { send: "\r\n" }])),
    },
    ...(access === undefined ? {} : { access: { [port]: access } }),
    ...(own.operations === undefined ? {} : { operations: own.operations }),
    ...(own.store === undefined ? {} : { store: own.store }),
    ...(own.standby === undefined ? {} : { standby: own.standby }),
    ...(at === undefined ? {} : { at }),
    launch: (place) => {
      if ("url" in own) throw new Error(`${own.name} runs already`);
      return own.launch(place);
    },
  };
}

function telemetryOf({ metrics, queries, alerts }: Named): Telemetry[] {
  return [
    ...(metrics === undefined ? [] : [exposed(metrics)]),
    ...(queries === undefined
      ? []
      : [
          {
            kind: "promql",
            port,
            queries: Object.fromEntries(
              Object.entries(queries).map(([name, one]) => [
                name,
                typeof one === "string" ? { query: one } : one,
              ]),
            ),
          },
        ]),
    ...(alerts === undefined
      ? []
      : "webhook" in alerts
        ? [{ kind: "alertWebhook", listens: alerts.webhook, alerts: alerts.names }]
        : [{ kind: "alertmanager", port, alerts }]),
  ];
}

function exposed({ path, series }: NonNullable<Named["metrics"]>): Telemetry {
  const all = series.map((one): OwnSeries => (typeof one === "string" ? { name: one } : one));
  return {
    kind: "prometheus",
    port,
    path,
    series: all.map(({ name }) => name),
    declared: Object.fromEntries(all.map(({ name, ...declared }) => [name, declared])),
  };
}

function portsOf({ url, ports = {} }: Running): Record<string, Endpoint> {
  const { protocol, hostname, port: number } = new URL(url);
  const first = {
    host: hostname.replaceAll(/[[\]]/g, ""),
    port: Number(number || (protocol === "https:" ? 443 : 80)),
  };
  const others = Object.entries(ports).flatMap(([name, text]) => {
    const endpoint = endpointIn(text);
    return endpoint === null ? [] : [[name, endpoint] as const];
  });
  return { [port]: first, ...Object.fromEntries(others) };
}

/** Undefined where there is nothing to say. */
function accessOf(own: Running | Started): Access | undefined {
  const { protocol, pathname } = new URL("url" in own ? own.url : "http://127.0.0.1");
  const isTls = "url" in own ? protocol === "https:" : own.https === true;
  const basePath = pathname.replace(/\/$/, "");
  const access: Access = {
    ...(isTls ? { tls: own.tls ?? {} } : {}),
    ...(basePath === "" ? {} : { basePath }),
    ...(own.host === undefined ? {} : { hostHeader: own.host }),
    ...(own.headers === undefined ? {} : { headers: own.headers }),
    ...(own.secretHeaders === undefined ? {} : { secretHeaders: own.secretHeaders }),
  };
  return Object.keys(access).length === 0 ? undefined : access;
}
