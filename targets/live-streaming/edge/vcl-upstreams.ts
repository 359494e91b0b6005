/** A node's upstreams in VCL: backends, and the choice among them. */
import type { Upstream } from "./settings.ts";
import type { NodeInForce } from "./vcl-in-force.ts";

const lanes = ["live", "dvr", "start", "junk"] as const;

interface Kind {
  /** The name's prefix, which distinguishes fill nodes from origins. */
  readonly prefix: "" | "fill_";
  readonly firstByteMs: number;
  readonly betweenBytesMs: number;
}

const kinds: Readonly<Record<NodeInForce["filler"], Kind>> = {
  origins: { prefix: "", firstByteMs: 2_000, betweenBytesMs: 1_000 },
  // A fill node may try several origins before it answers, each within its own timeout.
  fills: { prefix: "fill_", firstByteMs: 5_000, betweenBytesMs: 2_000 },
};

/**
 * With collapsing a node needs one connection per rendition and segment, independent of the number
 * of viewers.
 */
const connectionsMax = { live: 256, dvr: 128, start: 128, junk: 128 } as const;

export function upstreamsVcl(node: NodeInForce): string[] {
  const kind = kinds[node.filler];
  const backends = [...node.near, ...node.next].map((upstream) => backendsOf(upstream, kind));
  return [...backends, ...(node.filler === "origins" ? chooseOrigin(node) : chooseFill(node))];
}

const identifier = (site: string): string => site.replaceAll("-", "_");

export function backendName(lane: string, site: string, prefix: Kind["prefix"] = ""): string {
  return `${prefix}${lane}_${identifier(site)}`;
}

/** One backend per lane. The probe of the live lane's backend serves them all. */
function backendsOf({ site, endpoint }: Upstream, kind: Kind): string {
  return lanes
    .map(
      (lane) => `backend ${backendName(lane, site, kind.prefix)} {
  .host = "${endpoint.host}";
  .port = "${endpoint.port}";
  .connect_timeout = 500ms;
  .first_byte_timeout = ${kind.firstByteMs}ms;
  .between_bytes_timeout = ${kind.betweenBytesMs}ms;
  .max_connections = ${connectionsMax[lane]};${lane === "live" ? "\n  .probe = upstream;" : ""}
}`,
    )
    .join("\n");
}

/** Selects the backend of the request's lane at one site. */
function useLane(site: string, prefix: Kind["prefix"]): string {
  return lanes
    .map((lane) => {
      const backend = backendName(lane, site, prefix);
      return `if (bereq.http.X-Lane == "${lane}") { set bereq.backend = ${backend}; }`;
    })
    .join("\n  else");
}

function chooseOrigin({ near }: NodeInForce): string[] {
  const first = near[0] as Upstream;
  const call = ({ site }: Upstream): string => `call use_${identifier(site)};`;
  // X-Skip names the region that answered but lacks the segment.
  const untried = ({ site, region }: Upstream): string =>
    `!bereq.http.X-Site && bereq.http.X-Tried !~ ",${site},"
    && bereq.http.X-Skip != "${region}"`;
  const healthy = ({ site }: Upstream): string => `std.healthy(${backendName("live", site)})`;
  return [
    ...near.map(
      ({ site, region }) => `sub use_${identifier(site)} {
  set bereq.http.X-Site = "${site}";
  set bereq.http.X-Region = "${region}";
  set bereq.http.X-Tried = bereq.http.X-Tried + ",${site},";
  ${useLane(site, "")}
}`,
    ),
    `sub choose_origin {
  unset bereq.http.X-Site;
${near.map((each) => `  if (${untried(each)} && ${healthy(each)}) { ${call(each)} }`).join("\n")}
  # No remaining upstream is known to be healthy, but a probe may lag.
${near.map((each) => `  if (${untried(each)}) { ${call(each)} }`).join("\n")}
  if (!bereq.http.X-Site) { ${call(first)} }
}`,
  ];
}

function chooseFill({ near, next }: NodeInForce): string[] {
  const all = [...near, ...next];
  const rings = { near, ...(next.length > 0 ? { next } : {}) };
  const live = (site: string): string => backendName("live", site, "fill_");
  return [
    `sub vcl_init {
${Object.entries(rings)
  .map(
    ([ring, fills]) => `  new ${ring} = directors.shard();
${fills.map(({ site }) => `  ${ring}.add_backend(${live(site)}, ident = "${site}");`).join("\n")}
  ${ring}.reconfigure(replicas = 67);`,
  )
  .join("\n")}
}`,
    ...all.map(
      ({ site }) => `sub fill_from_${identifier(site)} {
  set bereq.http.X-Filler = "${site}";
  ${useLane(site, "fill_")}
}`,
    ),
    `# From the live backend that the ring named to that of the request's lane.
sub fill_in_lane {
  ${all
    .map(
      ({ site }) => `if (bereq.backend == ${live(site)}) { call fill_from_${identifier(site)}; }`,
    )
    .join("\n  else")}
}`,
  ];
}
