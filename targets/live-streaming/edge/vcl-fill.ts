/**
 * A client-facing node of two tiers: it fills from the top tier and never from an origin. A consistent hash of the rendition names the fill
 * node of its region that owns it, so a region's edges together fetch a segment from the origin once; when the owner is gone, the next on the
 * ring stands in. When the region's own fill nodes are all gone, those of the other regions are asked.
 */
import type { EdgeSettings, Upstream } from "./settings.ts";
import { backendName, backends, clear, probe, subName, useLane } from "./vcl-backend.ts";
import { waitOf } from "./vcl-origin.ts";

/** A fill node may ask several origins before it answers, each within its own time. */
const firstByteMs = 5_000;

export function fillTier(settings: EdgeSettings): string[] {
  const own = settings.fills.filter((fill) => fill.region === settings.region);
  const far = settings.defences.regionFailover
    ? settings.fills.filter((fill) => fill.region !== settings.region)
    : [];
  // A region without fill nodes of its own fills from the others' as if they were.
  const [near, next] = own.length > 0 ? [own, far] : [settings.fills, []];
  return [
    probe,
    ...[...near, ...next].map((fill) =>
      backends(fill, { prefix: "fill_", firstByteMs, betweenBytesMs: 2_000 }),
    ),
    init({ near, ...(next.length > 0 ? { next } : {}) }),
    ...[...near, ...next].map(use),
    fetch(settings, near, next),
  ];
}

function init(rings: Readonly<Record<string, readonly Upstream[]>>): string {
  return `sub vcl_init {
${Object.entries(rings)
  .map(
    ([ring, fills]) => `  new ${ring} = directors.shard();
${fills.map((fill) => `  ${ring}.add_backend(${backendName("live", fill.site, "fill_")}, ident = "${fill.site}");`).join("\n")}
  ${ring}.reconfigure(replicas = 67);`,
  )
  .join("\n")}
}`;
}

function use(fill: Upstream): string {
  return `sub ${subName("fill_from", fill.site)} {
  set bereq.http.X-Filler = "${fill.site}";
  ${useLane(fill.site, "fill_")}
}`;
}

function fetch(
  settings: EdgeSettings,
  near: readonly Upstream[],
  next: readonly Upstream[],
): string {
  const onRing = (ring: string, alt: string, healthy: string): string =>
    `${ring}.backend(by = KEY, key = ${ring}.key(bereq.http.X-Key), alt = ${alt}, healthy = ${healthy}, rampup = false)`;
  const elsewhere =
    next.length === 0
      ? ""
      : `
  if (bereq.retries >= ${near.length} || !std.healthy(bereq.backend)) {
    set bereq.backend = ${onRing("next", "0", "CHOSEN")};
  }`;
  const choices = [...near, ...next].map(
    (fill) =>
      `if (bereq.backend == ${backendName("live", fill.site, "fill_")}) { call ${subName("fill_from", fill.site)}; }`,
  );
  return `sub vcl_backend_fetch {
  ${clear(settings.role)}
  # What is kept together is owned together: all segments of a rendition.
  set bereq.http.X-Key = regsub(bereq.url, "^(/live/[^/]+/[^/]+)/.*$", "\\1");
  set bereq.backend = ${onRing("near", "bereq.retries", "CHOSEN")};
  if (bereq.backend == ${onRing("near", "0", "IGNORE")}) { set bereq.http.X-Owner = "1"; } else { unset bereq.http.X-Owner; }${elsewhere}
  ${choices.join("\n  else")}
  # Longer than the fill node itself waits for its origins.
  if (bereq.http.X-Wait) {
    set bereq.first_byte_timeout = ${waitOf(settings, 3)};
    if (bereq.first_byte_timeout < ${firstByteMs}ms) { set bereq.first_byte_timeout = ${firstByteMs}ms; }
  }
  return (fetch);
}`;
}
