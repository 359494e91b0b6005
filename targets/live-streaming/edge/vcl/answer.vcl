vcl 4.1;
# What becomes of an upstream's answer: kept, for how long and in which storage, or asked for
# elsewhere.

import std;
import var;

sub vcl_backend_response {
  # A body that breaks off must become an error here and not a cut segment at the viewer.
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
    # Failures: long enough that all who wait for this fetch share it, too short to be noticed
    # after recovery.
    set beresp.ttl = 50ms;
  }
  # It was asked for before an invalidation and may be what that was about.
  if (std.real(bereq.http.X-Asked, 0.0) <= std.real(var.global_get("invalidated"), 0.0)) {
    set beresp.ttl = 10ms;
  }
  # An object of no age would be fetched once for each waiting viewer, one after the other.
  if (beresp.ttl < 10ms && !beresp.uncacheable) { set beresp.ttl = 10ms; }
  if (bereq.http.X-Number) { call end_with_window; }
  call choose_storage;
  # Said anew for each viewer, unless the answer is kept for none.
  if (!beresp.uncacheable) { unset beresp.http.X-Ttl-Ms; }
  return (deliver);
}

sub vcl_backend_error {
  if (bereq.retries < var.get_int("retries_max")) { return (retry); }
  # The region asked first did answer, and no other could improve on it: that answer stands.
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

# What vcl_deliver need not say for each viewer. The lane is that of the request that fetched it.
# A player in a browser comes from another origin.
sub label_copy {
  set beresp.http.Access-Control-Allow-Origin = "*";
  set beresp.http.Access-Control-Expose-Headers = "*";
  set beresp.http.X-Cache = "hit";
  set beresp.http.X-Lane = bereq.http.X-Lane;
}
