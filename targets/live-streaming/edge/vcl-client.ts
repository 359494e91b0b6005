/** The side of a node that faces those who ask: what is asked for, what is answered without an upstream, and what they get to see. */
import type { EdgeSettings } from "./settings.ts";
import { ending, told } from "./vcl-drain.ts";
import { attach } from "./vcl-notifications.ts";
import { tellTime } from "./vcl-time.ts";

/**
 * What must be looked at before a copy may be handed out, and no more: a hit is most of what a node does. Where the path leads is asked only when
 * there is no copy of it, since only what passed `vcl_miss` can have one; and a request that does not reach an upstream needs none of its headers mended.
 */
export function receive(settings: EdgeSettings): string {
  return `sub vcl_recv {
  if (req.method != "GET" && req.method != "HEAD") { call foreign_method; }
  # Nothing that is asked for here has a body; one that came along could be taken for a second request further on.
  if (req.http.Transfer-Encoding) { return (synth(400, "body")); }
  if (req.http.Content-Length) {
    if (req.http.Content-Length != "0") { return (synth(400, "body")); }
    unset req.http.Content-Length;
  }
  if (!req.http.Host && req.proto == "HTTP/1.1") { return (synth(400, "no host")); }
  if (req.url == "/health/live") { return (synth(200, "live")); }
  if (req.url == "/health/ready") {
    if (${told} || ${ending}) { return (synth(503, "draining")); }
    return (synth(200, "ready"));
  }
  if (req.url == "/time") { return (synth(200, "time")); }
${settings.defences.collapsing ? "" : "  set req.hash_ignore_busy = true;\n"}  return (hash);
}

sub foreign_method {
  if (req.method == "BAN" || req.method == "DRAIN") { call control; }
  if (req.method == "OPTIONS") { return (synth(204, "no content")); }
  return (synth(405, "method not allowed"));
}`;
}

/** Classifies what there is no copy of, and answers by itself what needs no upstream. Numbers are compared in whole seconds: a segment boundary is one. */
export function miss(settings: EdgeSettings): string {
  return `sub vcl_hit { return (deliver); }

sub vcl_miss {
  if (${ending}) { return (synth(503, "draining")); }
  # The same path without its query may well have a copy.
  if (req.url ~ "\\?") {
    set req.url = regsub(req.url, "\\?.*$", "");
    return (restart);
  }
  # Of what the rules tell each other, these are read before an upstream is asked; the others are cleared then. X-Lane is always set.
  unset req.http.X-Number;
  unset req.http.X-Wait;
  if (req.url ~ "^/live/${settings.event}/(${settings.renditions.join("|")})/(0|[1-9][0-9]{0,11})\\.m4s$") {
    ${segment(settings)}
  } elseif (req.url ~ "^/live/${settings.event}/((${settings.renditions.join("|")})/init\\.mp4|manifest\\.mpd)$") {
    set req.http.X-Lane = "start";
  } else {
    set req.http.X-Lane = "junk";
    if (req.url ~ "^/check/[a-z0-9-]+/${settings.event}/[a-z0-9-]+/[0-9]+\\.m4s$") { return (pass); }${settings.defences.rangeGate ? '\n    return (synth(404, "unknown"));' : ""}
  }
  return (fetch);
}`;
}

function segment(settings: EdgeSettings): string {
  const current = `(std.integer(time = now, fallback = 0) / ${settings.segmentSeconds})`;
  const number = "std.integer(req.http.X-Number, 0)";
  // One segment of room for a clock that runs ahead; that request is the origin's to answer.
  const early = settings.defences.rangeGate
    ? `
      if (${number} > ${current} + 1) { return (synth(404, "early")); }`
    : "";
  const gone = settings.defences.rangeGate
    ? `
      if (${number} < ${current} - ${settings.dvrWindowSegments}) { return (synth(410, "gone")); }`
    : "";
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
  set ${of}.http.Access-Control-Expose-Headers = "*";`;

/** What `vcl_deliver` need not say for each viewer: the copy says it from its making. The lane is that of the request that fetched it. */
export const precomputed = `${share("beresp")}
  set beresp.http.X-Cache = "hit";
  set beresp.http.X-Lane = bereq.http.X-Lane;`;

const leave = `
  if (${told} || ${ending}) { set resp.http.Connection = "close"; }`;

/** What every copy says already (`precomputed`) is not said again; one question tells whether there is anything to add that is not on the copy. */
export function deliver(settings: EdgeSettings): string {
  return `sub vcl_deliver {
  if (obj.hits == 0) {
    if (obj.uncacheable) { set resp.http.X-Cache = "pass"; } else { set resp.http.X-Cache = "miss"; }
  }
  if (!obj.uncacheable) {
    # What is left, not what there was: the next tier must not start it again.
    set resp.http.X-Ttl-Ms = std.integer(duration = obj.ttl * 1000.0, fallback = 0);
    if (obj.ttl < 0s) { set resp.http.X-Ttl-Ms = "0"; }
  }
  if (var.global_get("told")) {${attach(settings)}${leave}
  }
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
  set resp.http.X-Cache = "edge";${attach(settings)}${leave}${share("resp")}
  if (resp.status == 204) { set resp.http.Access-Control-Allow-Headers = "*"; }
  if (resp.reason == "time") { call tell_time; } else { synthetic(resp.reason); }
  return (deliver);
}`;
}
