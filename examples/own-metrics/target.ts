/**
 * A cache before an origin that makes pages, and the monitoring that its owners have: Prometheus
 * and Alertmanager. Where they run already, give their `url` instead of `launch`.
 */
import { join } from "node:path";
import { type Launch, defineTarget, type Place } from "seawall";

export const pages = defineTarget({
  name: "pages",
  // Seawall finds them, or gets them from Debian.
  tools: {
    prometheus: { atLeast: "2.40", below: "4" },
    alertmanager: { program: "prometheus-alertmanager", atLeast: "0.24", below: "1" },
  },
  services: [
    {
      name: "origin",
      port: 18_420,
      tools: ["node"],
      ready: "/health",
      metrics: {
        path: "/metrics",
        series: [
          "pages_made_total",
          { name: "page_seconds_bucket", labels: { le: ["0.1", "0.25", "1", "+Inf"] } },
        ],
      },
      launch: (place) => {
        const { host, port } = place.listen("http");
        const script = join(import.meta.dirname, "origin.ts");
        return plain(place, "node", [script, host, String(port)], {});
      },
    },
    {
      name: "edge",
      port: 18_421,
      tools: ["nginx"],
      ready: "/health",
      dependsOn: ["origin"],
      launch: edge,
    },
    {
      name: "prometheus",
      port: 18_422,
      tools: ["prometheus"],
      ready: "/-/ready",
      dependsOn: ["alertmanager"],
      // In PromQL, by the names that claims use.
      queries: {
        origins_up: { query: 'sum(up{job="origin"})', labels: {} },
        made_per_second: { query: "sum(rate(pages_made_total[5s]))", unit: "/s", labels: {} },
      },
      launch: prometheus,
    },
    {
      name: "alertmanager",
      port: 18_423,
      tools: ["alertmanager"],
      ready: "/-/ready",
      alerts: ["OriginDown"],
      launch: alertmanager,
    },
  ],
  links: [
    ["users", "edge"],
    ["edge", "origin"],
  ],
  entries: ["edge"],
  probes: [{ service: "edge", path: "/page/1", lane: "read" }],
  defences: [
    { name: "cacheLock", title: "One reader's page is made once, however many ask for it" },
  ],
});

function edge(place: Place): Launch {
  const { host, port } = place.listen("http");
  const origin = place.reach("origin", "http");
  return plain(place, "nginx", ["-c", "nginx.conf", "-p", place.directory, "-e", "stderr"], {
    "nginx.conf": `
daemon off; worker_processes 1; pid nginx.pid; error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  proxy_cache_path cache keys_zone=pages:4m max_size=100m;
  server {
    listen ${host}:${port} reuseport;
    location = /health { return 200; }
    location /page/ {
      proxy_pass http://${origin.host}:${origin.port};
      proxy_cache pages; proxy_cache_valid 200 60s;
      proxy_cache_lock ${place.enabled("cacheLock") ? "on" : "off"};
      proxy_cache_lock_timeout 4s;
    }
  }
}`,
  });
}

function prometheus(place: Place): Launch {
  const [own, origin, alerts] = [
    place.listen("http"),
    place.direct("origin", "http"),
    place.direct("alertmanager", "http"),
  ].map(({ host, port }) => `${host}:${port}`);
  const args = ["--config.file=prometheus.yml", "--storage.tsdb.path=data"];
  return plain(place, "prometheus", [...args, `--web.listen-address=${own}`], {
    "prometheus.yml": `
global: { scrape_interval: 1s, evaluation_interval: 1s }
scrape_configs: [{ job_name: origin, static_configs: [{ targets: ["${origin}"] }] }]
rule_files: [rules.yml]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["${alerts}"] }] }] }
`,
    "rules.yml": `
groups:
  - name: pages
    rules: [{ alert: OriginDown, expr: 'up{job="origin"} == 0', for: 2s }]
`,
  });
}

function alertmanager(place: Place): Launch {
  const { host, port } = place.listen("http");
  const args = ["--config.file=alertmanager.yml", "--storage.path=data"];
  const own = [`--web.listen-address=${host}:${port}`, "--cluster.listen-address="];
  return plain(place, "alertmanager", [...args, ...own], {
    "alertmanager.yml":
      "route: { receiver: nobody, group_wait: 0s }\nreceivers: [{ name: nobody }]\n",
  });
}

function plain(
  place: Place,
  tool: string,
  args: readonly string[],
  files: Launch["files"],
): Launch {
  const { executable, args: first, env } = place.tool(tool);
  return { command: executable, args: [...first, ...args], env, files };
}
