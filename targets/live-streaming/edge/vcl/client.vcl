vcl 4.1;
# The side of a node that faces those who ask: what is asked for, what is answered without an
# upstream, and what they get to see.

import std;
import var;

# A hit is most of what a node does, so only what must be known before a copy is handed out is
# looked at here. Paths are looked at where there is no copy: only what passed vcl_miss has one.
sub vcl_recv {
  if (req.method != "GET" && req.method != "HEAD") { call foreign_method; }
  # Nothing that is asked for here has a body. A body could pass for a second request upstream.
  if (req.http.Transfer-Encoding) { return (synth(400, "body")); }
  if (req.http.Content-Length) {
    if (req.http.Content-Length != "0") { return (synth(400, "body")); }
    unset req.http.Content-Length;
  }
  if (!req.http.Host && req.proto == "HTTP/1.1") { return (synth(400, "no host")); }
  if (req.url == "/health/live") { return (synth(200, "live")); }
  if (req.url == "/health/ready") {
    if (var.global_get("draining") || std.healthy(draining.backend())) {
      return (synth(503, "draining"));
    }
    return (synth(200, "ready"));
  }
  if (req.url == "/time") { return (synth(200, "time")); }
  return (hash);
}

sub foreign_method {
  if (req.method == "BAN" || req.method == "DRAIN") { call control; }
  if (req.method == "OPTIONS") { return (synth(204, "no content")); }
  return (synth(405, "method not allowed"));
}

# One copy per path: neither query nor host make another.
sub vcl_hash {
  hash_data(req.url);
  return (lookup);
}

sub vcl_hit { return (deliver); }

# Sorts what there is no copy of into lanes, and answers what needs no upstream.
sub vcl_miss {
  if (std.healthy(draining.backend())) { return (synth(503, "draining")); }
  # The same path without its query may well have a copy.
  if (req.url ~ "\?") {
    set req.url = regsub(req.url, "\?.*$", "");
    return (restart);
  }
  # The rules read these before an upstream is asked; clean_request clears the others.
  # X-Lane is always set.
  unset req.http.X-Number;
  unset req.http.X-Wait;
  call sort_path;
  if (var.get_string("path") == "segment") {
    call segment;
  } elseif (var.get_string("path") == "start") {
    set req.http.X-Lane = "start";
  } else {
    set req.http.X-Lane = "junk";
    if (var.get_string("path") == "check") { return (pass); }
    call refuse_unknown;
  }
  return (fetch);
}

# Numbers are compared in whole seconds: the boundary of a segment is one.
sub segment {
  call sizes;
  set req.http.X-Number = regsub(req.url, "^.*/([0-9]+)\.m4s$", "\1");
  # How many segments ago this one was in production.
  var.set_int("age", std.integer(time = now, fallback = 0) / var.get_int("segment_seconds")
    - std.integer(req.http.X-Number, 0));
  if (var.get_int("age") <= var.get_int("live_segments")) {
    call refuse_early;
    set req.http.X-Lane = "live";
    # The origin may hold only what is perhaps unpublished; anything older answers soon.
    if (var.get_int("age") <= 1) { set req.http.X-Wait = "1"; }
  } else {
    call refuse_gone;
    set req.http.X-Lane = "dvr";
  }
}

# The copy says most of it since its making (label_copy). One question, "told", tells whether
# anything must be added that is not on the copy.
sub vcl_deliver {
  if (obj.hits == 0) {
    if (obj.uncacheable) { set resp.http.X-Cache = "pass"; }
    else { set resp.http.X-Cache = "miss"; }
  }
  if (!obj.uncacheable) {
    # What is left, not what there was: the next tier must not start it again.
    set resp.http.X-Ttl-Ms = std.integer(duration = obj.ttl * 1000.0, fallback = 0);
    if (obj.ttl < 0s) { set resp.http.X-Ttl-Ms = "0"; }
  }
  if (var.global_get("told")) {
    call tell_notifications;
    call close_when_draining;
  }
  return (deliver);
}

sub vcl_synth {
  set resp.http.Content-Type = "text/plain";
  set resp.http.Cache-Control = "no-store";
  if (resp.status >= 400) { set resp.http.X-Answer = resp.reason; }
  # Nobody can tell where such a request ends, and so where the next one begins.
  if (resp.status == 400 || resp.status == 405) { set resp.http.Connection = "close"; }
  set resp.http.X-Cache = "edge";
  call tell_notifications;
  call close_when_draining;
  # A player in a browser comes from another origin.
  set resp.http.Access-Control-Allow-Origin = "*";
  set resp.http.Access-Control-Expose-Headers = "*";
  if (resp.status == 204) { set resp.http.Access-Control-Allow-Headers = "*"; }
  if (resp.reason == "time") { call tell_time; } else { synthetic(resp.reason); }
  return (deliver);
}
