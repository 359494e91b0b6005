/**
 * The weaker edge: the part of the edge interface that Debian's stock nginx can provide. It
 * collapses requests (waiting requests poll every 500 ms), caches answers for whole seconds, caches
 * refusals, and fails over between origins. It cannot compare a segment number with the clock, so
 * it has no range gate and no lanes. It also has no notifications, no invalidation, no fetch of a
 * missing segment from another region, and no second tier.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";
import { name, originsShape } from "../edge/settings.ts";

export const nginxShape = z.strictObject({
  listen: endpointShape,
  region: name,
  origins: originsShape,
  event: name,
  renditions: z.array(name).min(1),
  /** The longest that an origin may hold a request, plus a margin. */
  answerMsMax: z.int().min(100).max(60_000),
  defences: z.strictObject({
    collapsing: z.boolean(),
    shedCaching: z.boolean(),
    regionFailover: z.boolean(),
  }),
});

export type NginxSettings = z.infer<typeof nginxShape>;

/** Requests to origins: one line per request when it ends. `nginx.conf` names the file. */
export const originLog = "origin.log";

/**
 * The files that nginx reads, by name within the service's folder. The entry file is `nginx.conf`.
 */
export function nginxConf(settings: NginxSettings): Record<string, string> {
  return {
    "nginx.conf": readFileSync(join(import.meta.dirname, "nginx/nginx.conf"), "utf8"),
    "origins.conf": originsConf(settings),
    "server.conf": serverConf(settings),
    "paths.conf": pathsConf(settings),
  };
}

const address = ({ endpoint }: NginxSettings["origins"][number]): string =>
  `${endpoint.host}:${endpoint.port}`;

function originsConf({ origins, region, defences }: NginxSettings): string {
  const [own, ...rest] = origins;
  const others = defences.regionFailover ? rest : rest.filter((origin) => origin.region === region);
  const names = [own, ...others].map(
    (origin) => `  "~${address(origin).replaceAll(".", "\\.")}$" ${origin.site};\n`,
  );
  const backups = others.map(
    (origin) => `  server ${address(origin)} max_fails=2 fail_timeout=2s backup;\n`,
  );
  return `upstream origins {
  server ${address(own)} max_fails=2 fail_timeout=2s;
${backups.join("")}  keepalive 32;
}
map $upstream_addr $served_by {
  default "";
${names.join("")}}
# Answers that are not cached.
map $upstream_http_x_answer $unwanted { default 0; ${defences.shedCaching ? "" : "shed 1; "}}
`;
}

function serverConf({ listen, answerMsMax, defences }: NginxSettings): string {
  return `listen ${listen.host}:${listen.port} backlog=4096 default_server;
proxy_read_timeout ${answerMsMax}ms;
proxy_cache_lock ${defences.collapsing ? "on" : "off"};
proxy_cache_lock_timeout ${answerMsMax}ms;
proxy_cache_lock_age ${answerMsMax}ms;
`;
}

function pathsConf({ event, renditions }: NginxSettings): string {
  const media = `(${renditions.join("|")})/((0|[1-9][0-9]{0,11})\\.m4s|init\\.mp4)`;
  return `location ~ "^/live/${event}/(${media}|manifest\\.mpd)\\z" {
  proxy_cache segments;
  proxy_pass http://origins$uri;
}
location ~ "^/check/[a-z0-9-]+/${event}/[a-z0-9-]+/[0-9]+\\.m4s\\z" {
  proxy_pass http://origins$uri;
}
`;
}
