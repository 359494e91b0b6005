/** One upstream as seen by Varnish: a backend for each lane, of which the live one is probed for all of them. */
import type { Upstream } from "./settings.ts";

export const lanes = ["live", "dvr", "start", "junk"] as const;

export interface BackendTimes {
  /** Before the name: fill nodes are told from origins by it. */
  readonly prefix: "" | "fill_";
  readonly firstByteMs: number;
  readonly betweenBytesMs: number;
}

export function backendName(
  lane: string,
  site: string,
  prefix: BackendTimes["prefix"] = "",
): string {
  return `${prefix}${lane}_${site.replaceAll("-", "_")}`;
}

/** With collapsing a node needs one for each rendition and segment asked for, however many viewers there are. */
const connectionsMax = { live: 256, dvr: 128, start: 128, junk: 128 } as const;

export function backends(upstream: Upstream, times: BackendTimes): string {
  return lanes
    .map(
      (lane) => `backend ${backendName(lane, upstream.site, times.prefix)} {
  .host = "${upstream.endpoint.host}";
  .port = "${upstream.endpoint.port}";
  .connect_timeout = 500ms;
  .first_byte_timeout = ${times.firstByteMs}ms;
  .between_bytes_timeout = ${times.betweenBytesMs}ms;
  .max_connections = ${connectionsMax[lane]};${lane === "live" ? "\n  .probe = upstream;" : ""}
}`,
    )
    .join("\n");
}

/** Every half second, and two of the last four must be good: an upstream that is dead or silent is known as such within 2 s. */
export const probe = `probe upstream {
  .url = "/health/ready";
  .interval = 500ms;
  .timeout = 1s;
  .window = 4;
  .threshold = 2;
}`;

/** What rules towards upstreams tell each other; from a viewer, all of it is a lie. His credentials are none of an upstream's business. */
const internal = [
  "X-Region",
  "X-Site",
  "X-Tried",
  "X-Skip",
  "X-First",
  "X-Key",
  "X-Filler",
  "Cookie",
  "Authorization",
];

/** Begins `vcl_backend_fetch`: only here, so that a hit does not pay for it. */
export function clear(role: "edge" | "fill"): string {
  return `if (bereq.retries == 0) {
${[...internal, ...(role === "fill" ? [] : ["X-Owner"])].map((name) => `    unset bereq.http.${name};`).join("\n")}
  }
  set bereq.http.X-Asked = std.real(time = now, fallback = 0.0);`;
}

/** Sets the backend of the request's lane at one site. */
export function useLane(site: string, prefix: BackendTimes["prefix"]): string {
  return lanes
    .map(
      (lane) =>
        `if (bereq.http.X-Lane == "${lane}") { set bereq.backend = ${backendName(lane, site, prefix)}; }`,
    )
    .join("\n  else");
}

export function subName(verb: string, site: string): string {
  return `${verb}_${site.replaceAll("-", "_")}`;
}
