/** The side of the edge that faces viewers: what is asked for, what is answered without an origin, and what a viewer gets to see. */
import type { EdgeSettings } from "./vcl.ts";

/** Classifies, and answers by itself what needs no origin. Numbers are compared in whole seconds: a segment boundary is one. */
export function receive(settings: EdgeSettings): string {
  const current = `(std.integer(time = now, fallback = 0) / ${settings.segmentSeconds})`;
  const number = "std.integer(req.http.X-Number, 0)";
  const gate = !settings.defences.rangeGate ? "" : `
    # One segment of room for a clock that runs ahead; that request is the origin's to answer.
    if (${number} > ${current} + 1) { return (synth(404, "early")); }
    if (${number} < ${current} - ${settings.dvrWindowSegments}) { return (synth(410, "gone")); }`;
  const gateOther = !settings.defences.rangeGate ? "" : `
    if (req.url ~ "\\.m4s$") { return (synth(404, "unknown")); }`;
  return `sub vcl_recv {
  unset req.http.X-Number;
  unset req.http.X-Wait;
  unset req.http.X-Region;
  unset req.http.X-First;
  unset req.http.Cookie;
  unset req.http.Authorization;
  if (req.url == "/health/live" || req.url == "/health/ready") { return (synth(200, "ready")); }
  if (req.method == "OPTIONS") { return (synth(204, "no content")); }
  if (req.method != "GET" && req.method != "HEAD") { return (synth(405, "method not allowed")); }
  set req.url = regsub(req.url, "\\?.*$", "");
  set req.http.X-Lane = "junk";
  if (req.url ~ "^/check/") { return (pass); }
  if (req.url ~ "^/live/${settings.event}/(${settings.renditions.join("|")})/(0|[1-9][0-9]{0,11})\\.m4s$") {
    set req.http.X-Number = regsub(req.url, "^.*/([0-9]+)\\.m4s$", "\\1");${gate}
    set req.http.X-Lane = "dvr";
    if (${number} >= ${current} - ${settings.liveSegments}) { set req.http.X-Lane = "live"; }
    # Only what may still be unpublished may be held by the origin; anything older answers soon or is broken.
    if (${number} >= ${current} - 1) { set req.http.X-Wait = "1"; }
  } elseif (req.url ~ "^/live/${settings.event}/((${settings.renditions.join("|")})/init\\.mp4|manifest\\.mpd)$") {
    set req.http.X-Lane = "start";
  } else {${gateOther}
  }
${settings.defences.collapsing ? "" : "  set req.hash_ignore_busy = true;\n"}  return (hash);
}`;
}

export const hash = `sub vcl_hash {
  hash_data(req.url);
  return (lookup);
}`;

/** A player in a browser comes from another origin. */
export const share = `sub share {
  set resp.http.Access-Control-Allow-Origin = "*";
  set resp.http.Access-Control-Allow-Headers = "*";
  set resp.http.Access-Control-Expose-Headers = "Date, X-Cache, X-Served-By, X-Segment-Sha256";
}`;

export const deliver = `sub vcl_deliver {
  if (obj.uncacheable) { set resp.http.X-Cache = "pass"; }
  elseif (obj.hits > 0) { set resp.http.X-Cache = "hit"; }
  else { set resp.http.X-Cache = "miss"; }
  set resp.http.X-Lane = req.http.X-Lane;
  unset resp.http.Via;
  unset resp.http.X-Varnish;
  call share;
  return (deliver);
}`;

export const synthetic = `sub vcl_synth {
  set resp.http.Content-Type = "text/plain";
  set resp.http.Cache-Control = "no-store";
  if (resp.status >= 400) { set resp.http.X-Answer = resp.reason; }
  set resp.http.X-Cache = "edge";
  call share;
  synthetic(resp.reason);
  return (deliver);
}`;
