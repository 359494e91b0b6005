vcl 4.1;
# The client side of a node: request checks, answers without an upstream, and response headers.

import std;
import var;

# Most requests are hits, so only the checks that a hit needs are here. Paths are checked on a miss:
# every cached object has passed vcl_miss.
sub vcl_recv {
  if (req.method != "GET" && req.method != "HEAD") { call foreign_method; }
  # No request here has a body. A body could pass for a second request upstream.
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

# One object per path: query and host are not part of the key.
sub vcl_hash {
  hash_data(req.url);
  return (lookup);
}

sub vcl_hit { return (deliver); }

# On a miss: sorts requests into lanes, and answers those that need no upstream.
sub vcl_miss {
  if (std.healthy(draining.backend())) { return (synth(503, "draining")); }
  # The same path without its query may be cached.
  if (req.url ~ "\?") {
    set req.url = regsub(req.url, "\?.*$", "");
    return (restart);
  }
  # The rules read these before an upstream request; clean_request clears the others. X-Lane is
  # always set.
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

# Numbers are compared in whole seconds, because a segment's boundary is one.
sub segment {
  call sizes;
  set req.http.X-Number = regsub(req.url, "^.*/([0-9]+)\.m4s$", "\1");
  # How many segments ago this one was in production.
  var.set_int("age", std.integer(time = now, fallback = 0) / var.get_int("segment_seconds")
    - std.integer(req.http.X-Number, 0));
  if (var.get_int("age") <= var.get_int("live_segments")) {
    call refuse_early;
    set req.http.X-Lane = "live";
    # The origin holds only a segment that may be unpublished. For an older one it answers soon.
    if (var.get_int("age") <= 1) { set req.http.X-Wait = "1"; }
  } else {
    call refuse_gone;
    set req.http.X-Lane = "dvr";
  }
}

# The object has most headers since its fetch (label_copy). One variable, "extra_headers", says
# whether a header must be added that it lacks.
sub vcl_deliver {
  if (obj.hits == 0) {
    if (obj.uncacheable) { set resp.http.X-Cache = "pass"; }
    else { set resp.http.X-Cache = "miss"; }
  }
  if (!obj.uncacheable) {
    # The remaining lifetime, not the original one, so that the next tier does not restart it.
    set resp.http.X-Ttl-Ms = std.integer(duration = obj.ttl * 1000.0, fallback = 0);
    if (obj.ttl < 0s) { set resp.http.X-Ttl-Ms = "0"; }
  }
  if (var.global_get("extra_headers")) {
    call tell_notifications;
    call close_when_draining;
  }
  return (deliver);
}

sub vcl_synth {
  set resp.http.Content-Type = "text/plain";
  set resp.http.Cache-Control = "no-store";
  if (resp.status >= 400) { set resp.http.X-Answer = resp.reason; }
  # The end of such a request is ambiguous, and so is the start of the next.
  if (resp.status == 400 || resp.status == 405) { set resp.http.Connection = "close"; }
  set resp.http.X-Cache = "edge";
  call tell_notifications;
  call close_when_draining;
  # A player in a browser has another origin (CORS).
  set resp.http.Access-Control-Allow-Origin = "*";
  set resp.http.Access-Control-Expose-Headers = "*";
  if (resp.status == 204) { set resp.http.Access-Control-Allow-Headers = "*"; }
  if (resp.reason == "time") { call tell_time; } else { synthetic(resp.reason); }
  return (deliver);
}
