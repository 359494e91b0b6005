/**
 * The weaker edge: what nginx as Debian ships it can do of the same interface. It collapses requests (waiting viewers look again every 500 ms),
 * keeps answers for whole seconds, keeps refusals, and asks the next origin when one fails. It cannot compare a segment's number with the clock, so it has
 * no range gate and no lanes; nor can it learn notifications, forget on command, ask elsewhere for a missing segment, or fill from a second tier.
 */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";
import { name, originsShape } from "../edge/settings.ts";

export const nginxShape = z.strictObject({
  listen: endpointShape,
  region: name,
  origins: originsShape,
  event: name,
  renditions: z.array(name).min(1),
  /** From the request on: how long an origin may hold it, and a margin. */
  answerMsMax: z.int().min(100).max(60_000),
  defences: z.strictObject({
    collapsing: z.boolean(),
    shedCaching: z.boolean(),
    regionFailover: z.boolean(),
  }),
});

export type NginxSettings = z.infer<typeof nginxShape>;

/** Requests that went to an origin, one line each when they are over: seconds, path, addresses, and the time each connection took. */
export const originLog = "origin.log";

const perLine = (lines: readonly string[], indent: string): string =>
  lines.map((line) => `${indent}${line}`).join("\n");

export function nginxConf(settings: NginxSettings): string {
  const { defences, region, listen } = settings;
  const [own, ...rest] = settings.origins;
  const others = defences.regionFailover ? rest : rest.filter((origin) => origin.region === region);
  const all = [own, ...others];
  const address = ({ endpoint }: (typeof all)[number]): string =>
    `${endpoint.host}:${endpoint.port}`;
  return `daemon off;
worker_processes 1;
error_log stderr warn;
pid nginx.pid;
events { worker_connections 8192; }
http {
  default_type text/plain;
  server_tokens off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  proxy_cache_path cache keys_zone=segments:4m max_size=256m inactive=10m use_temp_path=off;
  large_client_header_buffers 4 8k;
  client_max_body_size 1;
  keepalive_timeout 30s;
  tcp_nodelay on;

  map $upstream_cache_status $cache { default edge; HIT hit; MISS miss; EXPIRED miss; BYPASS pass; }
  map $upstream_addr $served_by {
    default "";
${perLine(
  all.map((origin) => `"~${address(origin).replaceAll(".", "\\.")}$" ${origin.site};`),
  "    ",
)}
  }
  map "$time_iso8601;$msec" $clock { default ""; "~^(?<second>.{19})(?<zone>[^;]*);[0-9]+\\.(?<milli>[0-9]+)$" "$second.$milli$zone"; }
  map $upstream_addr $asked { default 1; "" 0; }
  map $upstream_http_x_answer $unwanted { default 0; ${defences.shedCaching ? "" : "shed 1; "}}
  log_format origin '$msec $uri $upstream_addr; $upstream_connect_time';
  access_log ${originLog} origin if=$asked;

  upstream origins {
    server ${address(own)} max_fails=2 fail_timeout=2s;
${perLine(
  others.map((origin) => `server ${address(origin)} max_fails=2 fail_timeout=2s backup;`),
  "    ",
)}
    keepalive 32;
  }

  server {
    listen ${listen.host}:${listen.port} backlog=4096 default_server;
    add_header X-Cache $cache always;
    add_header X-Served-By $served_by always;
    add_header Access-Control-Allow-Origin * always;
    add_header Access-Control-Allow-Headers * always;
    add_header Access-Control-Expose-Headers "Date, X-Cache, X-Served-By, X-Segment-Sha256, X-Notifications, X-Notifications-Version" always;

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Cookie "";
    proxy_set_header Authorization "";
    proxy_pass_request_body off;
    proxy_connect_timeout 500ms;
    proxy_read_timeout ${settings.answerMsMax}ms;
    proxy_next_upstream error timeout http_500 http_502 http_504;
    proxy_next_upstream_tries 3;
    proxy_cache_key $uri;
    proxy_cache_lock ${defences.collapsing ? "on" : "off"};
    proxy_cache_lock_timeout ${settings.answerMsMax}ms;
    proxy_cache_lock_age ${settings.answerMsMax}ms;
    proxy_no_cache $unwanted;

    if ($request_method = OPTIONS) { return 204; }
    if ($request_method !~ "^(GET|HEAD)$") { return 405; }
    if ($http_transfer_encoding) { return 400; }

    location = /time { return 200 $clock; }
    location = /health/live { return 200 "live\\n"; }
    location = /health/ready { return 200 "ready\\n"; }
    location ~ "^/live/${settings.event}/((${settings.renditions.join("|")})/((0|[1-9][0-9]{0,11})\\.m4s|init\\.mp4)|manifest\\.mpd)\\z" {
      proxy_cache segments;
      proxy_pass http://origins$uri;
    }
    location ~ "^/check/[a-z0-9-]+/${settings.event}/[a-z0-9-]+/[0-9]+\\.m4s\\z" { proxy_pass http://origins$uri; }
    location / { return 404; }
  }
}
`;
}
