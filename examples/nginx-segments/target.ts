/**
 * An external backend: nginx as a cache in front of nginx on a folder of segments. It does not know
 * Seawall.
 */
import { join } from "node:path";
import type { Launch, Place } from "seawall";
import { streamTarget } from "seawall/streaming";

export const nginxSegments = streamTarget({
  name: "nginx-segments",
  services: [
    {
      name: "origin",
      kind: "origin",
      port: 18_200,
      tools: ["node", "nginx"],
      ready: "/health",
      launch: origin,
    },
    { name: "edge", kind: "edge", port: 18_201, tools: ["nginx"], ready: "/health", launch: edge },
  ],
  links: [
    ["edge", "origin"],
    ["users", "edge"],
  ],
  entries: ["edge"],
  stream: {
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    dvrSegments: 50,
    segmentPath: "/live/{event}/{rendition}/{number}.m4s",
    renditions: [
      { name: "v720", kind: "video", bitsPerSecond: 760_000 },
      { name: "v360", kind: "video", bitsPerSecond: 260_000 },
      { name: "audio", kind: "audio", bitsPerSecond: 96_000 },
    ],
  },
});

function origin(place: Place): Launch {
  const nginx = place.tool("nginx");
  return {
    command: place.tool("node").executable,
    args: [
      join(import.meta.dirname, "publish.ts"),
      "segments",
      nginx.executable,
      ...nginx.args,
      ...server(place),
    ],
    env: nginx.env,
    files: {
      "nginx.conf": configuration(
        place,
        `root ${place.directory}/segments; location = /health { return 200; }`,
      ),
    },
  };
}

function edge(place: Place): Launch {
  const nginx = place.tool("nginx");
  const { host, port } = place.reach("origin", "http");
  return {
    command: nginx.executable,
    args: [...nginx.args, ...server(place)],
    env: nginx.env,
    files: {
      "nginx.conf": configuration(
        place,
        `
        location = /health { return 200; }
        location /live/ {
          proxy_pass http://${host}:${port};
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_cache segments;
          proxy_cache_valid 200 60s;
          proxy_cache_valid 404 0s;
          proxy_cache_lock on;
          proxy_cache_lock_timeout 3s;
          proxy_next_upstream error timeout;
        }`,
      ),
    },
  };
}

function server({ directory }: Place): string[] {
  return ["-c", "nginx.conf", "-p", directory, "-e", "stderr"];
}

function configuration(place: Place, inside: string): string {
  const { host, port } = place.listen("http");
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 75s;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  proxy_cache_path cache keys_zone=segments:4m max_size=200m;
  server { listen ${host}:${port} reuseport; ${inside} }
}
`;
}
