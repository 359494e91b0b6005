vcl 4.1;
# Handles an upstream's answer: keep it (how long, in which storage), or ask another upstream.

import std;
import var;

sub vcl_backend_response {
  # A truncated body must become an error here, not a truncated segment at the viewer.
  set beresp.do_stream = false;
  call read_notifications;
  call ask_elsewhere;
  set beresp.grace = 0s;
  set beresp.keep = 0s;
  # For invalidation.
  set beresp.http.X-Path = bereq.url;
  call label_copy;
  if (beresp.http.X-Answer == "shed") {
    call keep_refusal;
  } elseif (beresp.http.X-Ttl-Ms) {
    call keep_answer;
  } else {
    # Failures: long enough for all requests that wait for this fetch, too short to be noticed after
    # recovery.
    set beresp.ttl = 50ms;
  }
  # The fetch began before an invalidation and may be affected by it.
  if (std.real(bereq.http.X-Asked, 0.0) <= std.real(var.global_get("invalidated"), 0.0)) {
    set beresp.ttl = 10ms;
  }
  # With a lifetime of zero, each waiting viewer would cause its own fetch, one after the other.
  if (beresp.ttl < 10ms && !beresp.uncacheable) { set beresp.ttl = 10ms; }
  if (bereq.http.X-Number) { call end_with_window; }
  call choose_storage;
  # Set for each viewer, unless the answer is not kept at all.
  if (!beresp.uncacheable) { unset beresp.http.X-Ttl-Ms; }
  return (deliver);
}

sub vcl_backend_error {
  if (bereq.retries < var.get_int("retries_max")) { return (retry); }
  # The first region's answer stands, because no other could improve on it.
  if (bereq.http.X-First) { set beresp.status = std.integer(bereq.http.X-First, 503); }
  set beresp.http.Content-Type = "text/plain";
  call label_copy;
  set beresp.http.X-Answer = "failed";
  set beresp.http.X-Served-By = bereq.http.X-Site;
  set beresp.ttl = 50ms;
  set beresp.grace = 0s;
  synthetic("origin unreachable");
  return (deliver);
}

# Headers that vcl_deliver need not set for each viewer. The lane is that of the fetching request. A
# player in a browser has another origin (CORS).
sub label_copy {
  set beresp.http.Access-Control-Allow-Origin = "*";
  set beresp.http.Access-Control-Expose-Headers = "*";
  set beresp.http.X-Cache = "hit";
  set beresp.http.X-Lane = bereq.http.X-Lane;
}
