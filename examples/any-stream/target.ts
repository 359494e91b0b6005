/**
 * A stream of which only the address is given: what ffmpeg writes, behind an nginx that caches. The
 * playlist itself says which renditions there are, and where its segments are.
 */
import { join } from "node:path";
import type { Launch, Place } from "seawall";
import { streamTarget } from "seawall/streaming";

export const anyStream = streamTarget({
  name: "any-stream",
  services: [
    {
      name: "origin",
      kind: "origin",
      port: 18_210,
      tools: ["node", "nginx", "ffmpeg"],
      ready: "/live/master.m3u8",
      launch: origin,
    },
    { name: "edge", kind: "edge", port: 18_211, tools: ["nginx"], ready: "/health", launch: edge },
  ],
  links: [
    ["edge", "origin"],
    ["users", "edge"],
  ],
  entries: ["edge"],
  stream: { url: "/live/master.m3u8" },
});

function origin(place: Place): Launch {
  const [nginx, ffmpeg] = [place.tool("nginx"), place.tool("ffmpeg")];
  return {
    command: place.tool("node").executable,
    args: [
      join(import.meta.dirname, "packager.ts"),
      "www/live",
      ffmpeg.executable,
      nginx.executable,
      ...nginx.args,
      ...server(place),
    ],
    env: { ...nginx.env, ...ffmpeg.env },
    files: { "nginx.conf": configuration(place, `root ${place.directory}/www;`) },
  };
}

/** Playlists are kept for a second, segments for a minute. */
function edge(place: Place): Launch {
  const nginx = place.tool("nginx");
  const { host, port } = place.reach("origin", "http");
  const cached = (valid: string): string => `
          proxy_pass http://${host}:${port};
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_cache segments;
          proxy_cache_valid 200 ${valid};
          proxy_cache_lock on;
          proxy_cache_lock_timeout 3s;
          proxy_cache_use_stale updating;`;
  return {
    command: nginx.executable,
    args: [...nginx.args, ...server(place)],
    env: nginx.env,
    files: {
      "nginx.conf": configuration(
        place,
        `
        location = /health { return 200; }
        location ~ m3u8$ {${cached("1s")} }
        location /live/ {${cached("60s")} }`,
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
  gzip on;
  gzip_types application/vnd.apple.mpegurl;
  types { application/vnd.apple.mpegurl m3u8; video/mp4 mp4 m4s; }
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  proxy_cache_path cache keys_zone=segments:4m max_size=200m;
  server { listen ${host}:${port} reuseport; ${inside} }
}
`;
}
