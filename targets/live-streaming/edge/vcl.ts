/**
 * The edge's behaviour as a function of its settings: Varnish configuration text.
 *
 * Each lane has backends of its own in each region, named `live_region_a`, so that Varnish's own counters tell exactly how many requests of
 * which lane reached which origin. A request goes to its own region first and, when that one fails or lacks the segment, once to another.
 */
import type { EndpointSettings } from "../service/configuration.ts";
import { deliver, hash, receive, share, synthetic } from "./vcl-client.ts";

export interface EdgeSettings {
  /** Its own region first, then where to fail over to. */
  readonly origins: readonly [EdgeOrigin, ...EdgeOrigin[]];
  readonly event: string;
  readonly renditions: readonly string[];
  readonly segmentSeconds: number;
  readonly liveSegments: number;
  readonly dvrWindowSegments: number;
  /** How long after its due time an origin may hold a request for a segment. */
  readonly holdGraceSeconds: number;
  readonly defences: {
    readonly collapsing: boolean;
    readonly msTtl: boolean;
    readonly rangeGate: boolean;
    readonly regionFailover: boolean;
    readonly shedCaching: boolean;
  };
}

export interface EdgeOrigin {
  readonly region: string;
  readonly endpoint: EndpointSettings;
}

const lanes = ["live", "dvr", "start", "junk"] as const;

export function backendName(lane: string, region: string): string {
  return `${lane}_${region.replaceAll("-", "_")}`;
}

export function edgeVcl(given: EdgeSettings): string {
  // An edge that does not fail over knows its own region only; Varnish refuses what is declared and never used.
  const settings: EdgeSettings = given.defences.regionFailover ? given : { ...given, origins: [given.origins[0]] };
  return [
    "vcl 4.1;", "import std;",
    probe, ...settings.origins.flatMap((origin) => lanes.map((lane) => backend(lane, origin))),
    receive(settings), hash, ...settings.origins.map((origin) => useRegion(origin)), fetch(settings), response(settings), backendError(settings),
    share, deliver, synthetic,
  ].join("\n\n").concat("\n");
}

const probe = `probe origin {
  .url = "/health/ready";
  .interval = 500ms;
  .timeout = 1s;
  .window = 4;
  .threshold = 2;
}`;

function backend(lane: string, origin: EdgeOrigin): string {
  return `backend ${backendName(lane, origin.region)} {
  .host = "${origin.endpoint.host}";
  .port = "${origin.endpoint.port}";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2s;
  .between_bytes_timeout = 1s;
  .max_connections = ${lane === "live" ? 256 : 128};
  .probe = origin;
}`;
}

function useRegion(origin: EdgeOrigin): string {
  const choices = lanes.map((lane) => `if (bereq.http.X-Lane == "${lane}") { set bereq.backend = ${backendName(lane, origin.region)}; }`);
  return `sub ${regionSub(origin)} {
  set bereq.http.X-Region = "${origin.region}";
  ${choices.join("\n  else")}
}`;
}

function regionSub(origin: EdgeOrigin): string {
  return `use_${origin.region.replaceAll("-", "_")}`;
}

/** First the own region unless its probe says that it is down; on a retry, a region that was not asked yet. */
function fetch(settings: EdgeSettings): string {
  const [own, other] = settings.origins;
  const useOwn = `call ${regionSub(own)};`;
  const choice = other === undefined ? `  ${useOwn}` : `  if (bereq.retries == 0) {
    ${useOwn}
    if (!std.healthy(bereq.backend)) { call ${regionSub(other)}; }
  } elseif (bereq.http.X-Region == "${own.region}") {
    call ${regionSub(other)};
  } else {
    ${useOwn}
  }`;
  return `sub vcl_backend_fetch {
${choice}
  # An origin holds this until the segment is due and ${settings.holdGraceSeconds} s longer; one that is silent after that is broken.
  if (bereq.http.X-Wait) {
    set bereq.first_byte_timeout = std.duration(real = (std.real(bereq.http.X-Number, 0.0) + 1.0) * ${settings.segmentSeconds}.0
      + ${(settings.holdGraceSeconds + 0.5).toFixed(1)} - std.real(time = now, fallback = 0.0), fallback = 4s);
    if (bereq.first_byte_timeout < 1s) { set bereq.first_byte_timeout = 1s; }
  }
  return (fetch);
}`;
}

function response(settings: EdgeSettings): string {
  const failover = settings.origins.length < 2 ? "" : `
  # What the other region may know better: it failed here, or the segment did not arrive here. An answer about time (early), about the
  # event (unknown) or about load (shed: failing over would spread the overload) is the same everywhere.
  if (bereq.retries == 0 && ((beresp.status >= 500 && beresp.http.X-Answer != "shed")
      || beresp.http.X-Answer == "missing" || beresp.http.X-Answer == "gone")) {
    set bereq.http.X-First = beresp.status;
    return (retry);
  }`;
  const ttl = settings.defences.msTtl
    ? "set beresp.ttl = std.duration(beresp.http.X-Ttl-Ms + \"ms\", 0s);"
    // What a cache without milliseconds can do: whole seconds, rounded up.
    : "set beresp.ttl = std.duration(std.integer(beresp.http.X-Ttl-Ms, 0) / 1000 + 1 + \"s\", 1s);";
  const shed = settings.defences.shedCaching
    ? "set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, \"^.*max-age=([0-9]+).*$\", \"\\1s\"), 1s);"
    : "set beresp.ttl = 0s;\n    set beresp.uncacheable = true;";
  return `sub vcl_backend_response {
  # A body that breaks off must become an error here and not a cut segment at the viewer.
  set beresp.do_stream = false;${failover}
  set beresp.grace = 0s;
  set beresp.keep = 0s;
  set beresp.http.X-Served-By = bereq.http.X-Region;
  if (beresp.http.X-Ttl-Ms) {
    ${ttl}
  } elseif (beresp.http.X-Answer == "shed") {
    ${shed}
  } else {
    # Failures: long enough that all who wait for this fetch share it, too short to be noticed after recovery.
    set beresp.ttl = 50ms;
  }
  # An object of no age would be fetched once for each waiting viewer, one after the other.
  if (beresp.ttl < 10ms && !beresp.uncacheable) { set beresp.ttl = 10ms; }
  return (deliver);
}`;
}

function backendError(settings: EdgeSettings): string {
  const retry = settings.origins.length < 2 ? "" : `
  if (bereq.retries == 0) { return (retry); }`;
  return `sub vcl_backend_error {${retry}
  # The region asked first did answer, and the other could not improve on it: that answer stands.
  if (bereq.http.X-First) { set beresp.status = std.integer(bereq.http.X-First, 503); }
  set beresp.http.Content-Type = "text/plain";
  set beresp.http.X-Answer = "failed";
  set beresp.http.X-Served-By = bereq.http.X-Region;
  set beresp.ttl = 50ms;
  set beresp.grace = 0s;
  synthetic("origin unreachable");
  return (deliver);
}`;
}
