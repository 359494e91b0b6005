/** What becomes of an answer: kept, for how long and in which storage, or asked for elsewhere. */
import type { EdgeSettings } from "./settings.ts";
import { precomputed } from "./vcl-client.ts";
import { learn } from "./vcl-notifications.ts";
import { retriesOf } from "./vcl-origin.ts";

export function response(settings: EdgeSettings): string {
  const ttl = settings.defences.msTtl
    ? 'set beresp.ttl = std.duration(beresp.http.X-Ttl-Ms + "ms", 0s);'
    : // What a cache without milliseconds can do: whole seconds, rounded up.
      'set beresp.ttl = std.duration(std.integer(beresp.http.X-Ttl-Ms, 0) / 1000 + 1 + "s", 1s);';
  // A fill node says what is left of a refusal's time; the origin says all of it.
  const shed = settings.defences.shedCaching
    ? 'if (beresp.http.X-Ttl-Ms) { set beresp.ttl = std.duration(beresp.http.X-Ttl-Ms + "ms", 0s); }\n    else { set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, "^.*max-age=([0-9]+).*$", "\\1s"), 1s); }'
    : "set beresp.ttl = 0s;\n    set beresp.uncacheable = true;";
  return `sub vcl_backend_response {
  # A body that breaks off must become an error here and not a cut segment at the viewer.
  set beresp.do_stream = false;${learn(settings)}${settings.fills.length > 0 ? fromFill(settings) : fromOrigin(settings)}
  set beresp.grace = 0s;
  set beresp.keep = 0s;
  # For invalidation.
  set beresp.http.X-Path = bereq.url;${precomputed}
  if (beresp.http.X-Answer == "shed") {
    ${shed}
  } elseif (beresp.http.X-Ttl-Ms) {
    ${ttl}
  } else {
    # Failures: long enough that all who wait for this fetch share it, too short to be noticed after recovery.
    set beresp.ttl = 50ms;
  }
  # It was asked for before an invalidation and may be what that was about.
  if (std.real(bereq.http.X-Asked, 0.0) <= std.real(var.global_get("invalidated"), 0.0)) { set beresp.ttl = 10ms; }
  # An object of no age would be fetched once for each waiting viewer, one after the other.
  if (beresp.ttl < 10ms && !beresp.uncacheable) { set beresp.ttl = 10ms; }
${lastsAsLongAsItsNumber(settings)}${retention(settings)}
  # Said anew for each viewer, unless he is the only one.
  if (!beresp.uncacheable) { unset beresp.http.X-Ttl-Ms; }
  return (deliver);
}`;
}

/** Numbers are looked at where there is no copy, so no copy may outlive the window that its number has a place in. */
function lastsAsLongAsItsNumber(settings: EdgeSettings): string {
  return !settings.defences.rangeGate
    ? ""
    : `  if (bereq.http.X-Number && beresp.ttl > ${leftUntil(settings, settings.dvrWindowSegments * settings.segmentSeconds)}) {
    set beresp.ttl = ${leftUntil(settings, settings.dvrWindowSegments * settings.segmentSeconds)};
  }
`;
}

/** From now until so many seconds after the segment's end. */
function leftUntil(settings: EdgeSettings, afterSeconds: number): string {
  return `std.duration(real = (std.real(bereq.http.X-Number, 0.0) + 1.0) * ${settings.segmentSeconds}.0
      + ${afterSeconds}.0 - std.real(time = now, fallback = 0.0), fallback = 0s)`;
}

/** What another region may know better: it failed here, or did not arrive here. An answer about time, the event or load is the same everywhere. */
function fromOrigin(settings: EdgeSettings): string {
  const served = "\n  set beresp.http.X-Served-By = bereq.http.X-Site;";
  const retries = retriesOf(settings);
  if (retries === 0) return served;
  const elsewhere = settings.origins.some((origin) => origin.region !== settings.origins[0].region)
    ? `
    if (!bereq.http.X-Skip && (beresp.http.X-Answer == "missing" || beresp.http.X-Answer == "gone")) {
      set bereq.http.X-Skip = bereq.http.X-Region;
      set bereq.http.X-First = beresp.status;
      return (retry);
    }`
    : "";
  return `
  if (bereq.retries < ${retries}) {
    # Failing over for load (shed) would spread the overload.
    if (beresp.status >= 500 && beresp.http.X-Answer != "shed") {
      if (!bereq.http.X-First) { set bereq.http.X-First = beresp.status; }
      return (retry);
    }${elsewhere}
  }${served}`;
}

/** A fill node that answers has asked every origin it may: only one that is itself broken, or on its way out, is passed over. */
function fromFill(settings: EdgeSettings): string {
  return `
  if (beresp.status >= 500 && (!beresp.http.X-Answer || beresp.http.X-Answer == "draining") && bereq.retries < ${Math.min(settings.fills.length - 1, 2)}) { return (retry); }
  set beresp.http.X-Filled-By = bereq.http.X-Filler;`;
}

/**
 * Old segments go first when memory is short: a node that does not own their rendition keeps a live copy only until it is old, and puts what is
 * asked for later into a storage of its own, where it competes with nothing live. A node that fills from the origin for everybody owns all.
 */
function retention(settings: EdgeSettings): string {
  const { role, fills, retentionSeconds } = settings;
  const owns = role === "fill" ? "bereq.http.X-Owner" : fills.length > 0 ? "false" : "true";
  if (owns === "true") return "  set beresp.storage = storage.main;";
  return `  set beresp.storage = storage.main;
  if (bereq.http.X-Number${owns === "false" ? "" : ` && !${owns}`}) {
    var.set_duration("young", ${leftUntil(settings, retentionSeconds)});
    if (var.get_duration("young") <= 0s) { set beresp.storage = storage.old; }
    elseif (beresp.ttl > var.get_duration("young")) { set beresp.ttl = var.get_duration("young"); }
  }`;
}

export function backendError(settings: EdgeSettings): string {
  const retries =
    settings.fills.length > 0 ? Math.min(settings.fills.length - 1, 2) : retriesOf(settings);
  const retry =
    retries === 0
      ? ""
      : `
  if (bereq.retries < ${retries}) { return (retry); }`;
  return `sub vcl_backend_error {${retry}
  # The region asked first did answer, and no other could improve on it: that answer stands.
  if (bereq.http.X-First) { set beresp.status = std.integer(bereq.http.X-First, 503); }
  set beresp.http.Content-Type = "text/plain";${precomputed}
  set beresp.http.X-Answer = "failed";
  set beresp.http.X-Served-By = bereq.http.X-Site;
  set beresp.ttl = 50ms;
  set beresp.grace = 0s;
  synthetic("origin unreachable");
  return (deliver);
}`;
}
