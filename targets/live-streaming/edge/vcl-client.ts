/** The side of a node that faces those who ask: what is asked for, what is answered without an upstream, and what they get to see. */
import type { EdgeSettings } from "./settings.ts";
import { attach } from "./vcl-notifications.ts";
import { tellTime } from "./vcl-time.ts";

/** What the rules below and those towards upstreams tell each other; from outside, all of it is a lie. */
const internal = ["X-Number", "X-Wait", "X-Region", "X-Site", "X-Tried", "X-Skip", "X-First", "X-Key", "X-Filler", "X-Asked", "X-Lane"];

/** Classifies, and answers by itself what needs no upstream. Numbers are compared in whole seconds: a segment boundary is one. */
export function receive(settings: EdgeSettings): string {
  return `sub vcl_recv {
${[...internal, ...(settings.role === "fill" ? [] : ["X-Owner"]), "Cookie"].map((name) => `  unset req.http.${name};`).join("\n")}
  if (req.method == "BAN" || req.method == "DRAIN") { call control; }
  unset req.http.Authorization;
  if (req.method == "OPTIONS") { return (synth(204, "no content")); }
  if (req.method != "GET" && req.method != "HEAD") { return (synth(405, "method not allowed")); }
  # Nothing that is asked for here has a body; one that came along could be taken for a second request further on.
  if (req.http.Transfer-Encoding || (req.http.Content-Length && req.http.Content-Length != "0")) { return (synth(400, "body")); }
  unset req.http.Content-Length;
  if (!req.http.Host && req.proto == "HTTP/1.1") { return (synth(400, "no host")); }
  set req.url = regsub(req.url, "\\?.*$", "");
  if (req.url == "/health/live") { return (synth(200, "live")); }
  if (req.url == "/health/ready") {
    if (var.global_get("draining")) { return (synth(503, "draining")); }
    return (synth(200, "ready"));
  }
  if (req.url == "/time") { return (synth(200, "time")); }
  set req.http.X-Lane = "junk";
  if (req.url ~ "^/check/[a-z0-9-]+/${settings.event}/[a-z0-9-]+/[0-9]+\\.m4s$") { return (pass); }
  if (req.url ~ "^/live/${settings.event}/(${settings.renditions.join("|")})/(0|[1-9][0-9]{0,11})\\.m4s$") {
    ${segment(settings)}
  } elseif (req.url ~ "^/live/${settings.event}/((${settings.renditions.join("|")})/init\\.mp4|manifest\\.mpd)$") {
    set req.http.X-Lane = "start";
  }${settings.defences.rangeGate ? " else { return (synth(404, \"unknown\")); }" : ""}
${settings.defences.collapsing ? "" : "  set req.hash_ignore_busy = true;\n"}  return (hash);
}`;
}

function segment(settings: EdgeSettings): string {
  const current = `(std.integer(time = now, fallback = 0) / ${settings.segmentSeconds})`;
  const number = "std.integer(req.http.X-Number, 0)";
  const gate = !settings.defences.rangeGate ? "" : `
    # One segment of room for a clock that runs ahead; that request is the origin's to answer.
    if (${number} > ${current} + 1) { return (synth(404, "early")); }
    if (${number} < ${current} - ${settings.dvrWindowSegments}) { return (synth(410, "gone")); }`;
  return `set req.http.X-Number = regsub(req.url, "^.*/([0-9]+)\\.m4s$", "\\1");${gate}
    set req.http.X-Lane = "dvr";
    if (${number} >= ${current} - ${settings.liveSegments}) { set req.http.X-Lane = "live"; }
    # Only what may still be unpublished may be held by the origin; anything older answers soon or is broken.
    if (${number} >= ${current} - 1) { set req.http.X-Wait = "1"; }`;
}

/** One copy per path: neither query nor host make another. */
export const hash = `sub vcl_hash {
  hash_data(req.url);
  return (lookup);
}`;

/** A player in a browser comes from another origin. */
export const share = `sub share {
  set resp.http.Access-Control-Allow-Origin = "*";
  set resp.http.Access-Control-Allow-Headers = "*";
  set resp.http.Access-Control-Expose-Headers = "Date, X-Cache, X-Served-By, X-Segment-Sha256, X-Notifications, X-Notifications-Version";
  if (var.global_get("draining")) { set resp.http.Connection = "close"; }
}`;

export function deliver(settings: EdgeSettings): string {
  return `sub vcl_deliver {
  if (obj.uncacheable) { set resp.http.X-Cache = "pass"; }
  else {
    if (obj.hits > 0) { set resp.http.X-Cache = "hit"; }
    else { set resp.http.X-Cache = "miss"; }
    # What is left, not what there was: the next tier must not start it again.
    set resp.http.X-Ttl-Ms = std.integer(real = std.real(duration = obj.ttl, fallback = 0.0) * 1000.0, fallback = 0);
    if (obj.ttl < 0s) { set resp.http.X-Ttl-Ms = "0"; }
  }
  set resp.http.X-Lane = req.http.X-Lane;
  unset resp.http.X-Path;
  unset resp.http.Via;
  unset resp.http.X-Varnish;${attach(settings)}
  call share;
  return (deliver);
}`;
}

export function synthetic(settings: EdgeSettings): string {
  return `${tellTime}

sub vcl_synth {
  set resp.http.Content-Type = "text/plain";
  set resp.http.Cache-Control = "no-store";
  if (resp.status >= 400) { set resp.http.X-Answer = resp.reason; }
  # Where such a request ends, and with it where the next begins, is not ours to guess.
  if (resp.status == 400 || resp.status == 405) { set resp.http.Connection = "close"; }
  set resp.http.X-Cache = "edge";${attach(settings)}
  call share;
  if (resp.reason == "time") { call tell_time; } else { synthetic(resp.reason); }
  return (deliver);
}`;
}
