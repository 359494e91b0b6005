/** A node that fills from the origins: nearest first, those in good health first, and on failure the next that was not asked yet. */
import type { EdgeSettings, Upstream } from "./settings.ts";
import { backendName, backends, clear, probe, subName, useLane } from "./vcl-backend.ts";

/** After this many failures the viewer is told: a request must not visit every zone of a continent. */
const retriesMax = 2;

export function retriesOf(settings: EdgeSettings): number {
  return Math.min(settings.origins.length - 1, retriesMax);
}

export function originTier(settings: EdgeSettings): string[] {
  return [
    probe,
    ...settings.origins.map((origin) =>
      backends(origin, { prefix: "", firstByteMs: 2_000, betweenBytesMs: 1_000 }),
    ),
    ...settings.origins.map(use),
    choose(settings.origins),
    fetch(settings),
  ];
}

function use(origin: Upstream): string {
  return `sub ${subName("use", origin.site)} {
  set bereq.http.X-Site = "${origin.site}";
  set bereq.http.X-Region = "${origin.region}";
  set bereq.http.X-Tried = bereq.http.X-Tried + ",${origin.site},";
  ${useLane(origin.site, "")}
}`;
}

/** `X-Skip` is the region that answered but lacks the segment: its other zones share its store and lack it too. */
function choose(origins: EdgeSettings["origins"]): string {
  const untried = (origin: Upstream): string =>
    `!bereq.http.X-Site && bereq.http.X-Tried !~ ",${origin.site}," && bereq.http.X-Skip != "${origin.region}"`;
  return `sub choose_origin {
  unset bereq.http.X-Site;
${origins.map((origin) => `  if (${untried(origin)} && std.healthy(${backendName("live", origin.site)})) { call ${subName("use", origin.site)}; }`).join("\n")}
  # None of those left is known to be well: a probe may be behind.
${origins.map((origin) => `  if (${untried(origin)}) { call ${subName("use", origin.site)}; }`).join("\n")}
  if (!bereq.http.X-Site) { call ${subName("use", origins[0].site)}; }
}`;
}

function fetch(settings: EdgeSettings): string {
  return `sub vcl_backend_fetch {
  ${clear(settings.role)}
  call choose_origin;
  # An origin holds this until the segment is due and ${settings.holdGraceSeconds} s longer; one that is silent after that is broken.
  if (bereq.http.X-Wait) {
    set bereq.first_byte_timeout = ${waitOf(settings, 0.5)};
    if (bereq.first_byte_timeout < 1s) { set bereq.first_byte_timeout = 1s; }
  }
  return (fetch);
}`;
}

/** From now until the segment's due time, the hold after it, and a margin. */
export function waitOf(settings: EdgeSettings, marginSeconds: number): string {
  return `std.duration(real = (std.real(bereq.http.X-Number, 0.0) + 1.0) * ${settings.segmentSeconds}.0
      + ${(settings.holdGraceSeconds + marginSeconds).toFixed(1)} - std.real(time = now, fallback = 0.0), fallback = 4s)`;
}
