/** The side of a node that faces those who ask: what is asked for, what is answered without an upstream, and what they get to see. */
import type { EdgeSettings } from "./settings.ts";
import { attach } from "./vcl-notifications.ts";
import { tellTime } from "./vcl-time.ts";

/** Classifies, and answers by itself what needs no upstream. Numbers are compared in whole seconds: a segment boundary is one. */
export function receive(settings: EdgeSettings): string {
  return `sub vcl_recv {
  # Of what the rules tell each other, these are read before an upstream is asked; the others are cleared then. X-Lane is always set.
  unset req.http.X-Number;
  unset req.http.X-Wait;
  if (req.method == "BAN" || req.method == "DRAIN") { call control; }
  if (req.method == "OPTIONS") { return (synth(204, "no content")); }
  if (req.method != "GET" && req.method != "HEAD") { return (synth(405, "method not allowed")); }
  # Nothing that is asked for here has a body; one that came along could be taken for a second request further on.
  if (req.http.Transfer-Encoding || (req.http.Content-Length && req.http.Content-Length != "0")) { return (synth(400, "body")); }
  unset req.http.Content-Length;
  if (!req.http.Host && req.proto == "HTTP/1.1") { return (synth(400, "no host")); }
  if (req.url ~ "\\?") { set req.url = regsub(req.url, "\\?.*$", ""); }
  if (req.url == "/health/live") { return (synth(200, "live")); }
  if (req.url == "/health/ready") {
    if (var.global_get("draining")) { return (synth(503, "draining")); }
    return (synth(200, "ready"));
  }
  if (req.url == "/time") { return (synth(200, "time")); }
  if (req.url ~ "^/live/${settings.event}/(${settings.renditions.join("|")})/(0|[1-9][0-9]{0,11})\\.m4s$") {
    ${segment(settings)}
  } elseif (req.url ~ "^/live/${settings.event}/((${settings.renditions.join("|")})/init\\.mp4|manifest\\.mpd)$") {
    set req.http.X-Lane = "start";
  } else {
    set req.http.X-Lane = "junk";
    if (req.url ~ "^/check/[a-z0-9-]+/${settings.event}/[a-z0-9-]+/[0-9]+\\.m4s$") { return (pass); }${settings.defences.rangeGate ? "\n    return (synth(404, \"unknown\"));" : ""}
  }
${settings.defences.collapsing ? "" : "  set req.hash_ignore_busy = true;\n"}  return (hash);
}`;
}

function segment(settings: EdgeSettings): string {
  const current = `(std.integer(time = now, fallback = 0) / ${settings.segmentSeconds})`;
  const number = "std.integer(req.http.X-Number, 0)";
  // One segment of room for a clock that runs ahead; that request is the origin's to answer.
  const early = settings.defences.rangeGate ? `
      if (${number} > ${current} + 1) { return (synth(404, "early")); }` : "";
  const gone = settings.defences.rangeGate ? `
      if (${number} < ${current} - ${settings.dvrWindowSegments}) { return (synth(410, "gone")); }` : "";
  return `set req.http.X-Number = regsub(req.url, "^.*/([0-9]+)\\.m4s$", "\\1");
    if (${number} >= ${current} - ${settings.liveSegments}) {${early}
      set req.http.X-Lane = "live";
      # Only what may still be unpublished may be held by the origin; anything older answers soon or is broken.
      if (${number} >= ${current} - 1) { set req.http.X-Wait = "1"; }
    } else {${gone}
      set req.http.X-Lane = "dvr";
    }`;
}

/** One copy per path: neither query nor host make another. */
export const hash = `sub vcl_hash {
  hash_data(req.url);
  return (lookup);
}`;

/** A player in a browser comes from another origin. Said once for each copy, not for each viewer of it. */
export const share = (of: "beresp" | "resp"): string => `
  set ${of}.http.Access-Control-Allow-Origin = "*";
  set ${of}.http.Access-Control-Expose-Headers = "Date, X-Cache, X-Served-By, X-Segment-Sha256, X-Notifications, X-Notifications-Version";`;

const drain = `
  if (var.global_get("draining")) { set resp.http.Connection = "close"; }`;

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
  unset resp.http.X-Varnish;${attach(settings)}${drain}
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
  set resp.http.X-Cache = "edge";${attach(settings)}${drain}${share("resp")}
  if (resp.status == 204) { set resp.http.Access-Control-Allow-Headers = "*"; }
  if (resp.reason == "time") { call tell_time; } else { synthetic(resp.reason); }
  return (deliver);
}`;
}
