vcl 4.1;
# Written by vcl-settings.ts: the settings of this node, set at launch.
import directors;
import std;
import var;

# Lengths of time in seconds.
sub sizes {
  var.set_int("segment_seconds", 2);
  var.set_real("segment_length", 2.000);
  var.set_int("live_segments", 5);
  var.set_int("window_segments", 1800);
  var.set_real("window_length", 3600.000);
  var.set_real("hold", 1.000);
  var.set_real("retention", 300.000);
  var.set_int("retries_max", 2);
}

sub sort_path {
  var.set_string("path", "");
  if (req.url ~ "^/live/main/(v720|v360|audio)/(0|[1-9][0-9]{0,11})\.m4s$") { var.set_string("path", "segment"); }
  elseif (req.url ~ "^/live/main/((v720|v360|audio)/init\.mp4|manifest\.mpd)$") { var.set_string("path", "start"); }
  elseif (req.url ~ "^/check/[a-z0-9-]+/main/[a-z0-9-]+/[0-9]+\.m4s$") { var.set_string("path", "check"); }
}

sub learn_from_event {
  if (bereq.url ~ "^/live/main/") { call learn_notifications; }
}

sub attach_to_event {
  if (req.url ~ "^/live/main/") { call attach_notifications; }
}

sub authorise {
  if (req.http.Authorization != "Bearer token-of-the-example") {
    return (synth(401, "unauthorized"));
  }
}

backend live_region_a_1 {
  .host = "127.0.0.1";
  .port = "1";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 256;
  .probe = upstream;
}
backend dvr_region_a_1 {
  .host = "127.0.0.1";
  .port = "1";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}
backend start_region_a_1 {
  .host = "127.0.0.1";
  .port = "1";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}
backend junk_region_a_1 {
  .host = "127.0.0.1";
  .port = "1";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}

backend live_region_a_2 {
  .host = "127.0.0.1";
  .port = "2";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 256;
  .probe = upstream;
}
backend dvr_region_a_2 {
  .host = "127.0.0.1";
  .port = "2";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}
backend start_region_a_2 {
  .host = "127.0.0.1";
  .port = "2";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}
backend junk_region_a_2 {
  .host = "127.0.0.1";
  .port = "2";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}

backend live_region_b_1 {
  .host = "127.0.0.1";
  .port = "3";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 256;
  .probe = upstream;
}
backend dvr_region_b_1 {
  .host = "127.0.0.1";
  .port = "3";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}
backend start_region_b_1 {
  .host = "127.0.0.1";
  .port = "3";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}
backend junk_region_b_1 {
  .host = "127.0.0.1";
  .port = "3";
  .connect_timeout = 500ms;
  .first_byte_timeout = 2000ms;
  .between_bytes_timeout = 1000ms;
  .max_connections = 128;
}

sub use_region_a_1 {
  set bereq.http.X-Site = "region-a-1";
  set bereq.http.X-Region = "region-a";
  set bereq.http.X-Tried = bereq.http.X-Tried + ",region-a-1,";
  if (bereq.http.X-Lane == "live") { set bereq.backend = live_region_a_1; }
  elseif (bereq.http.X-Lane == "dvr") { set bereq.backend = dvr_region_a_1; }
  elseif (bereq.http.X-Lane == "start") { set bereq.backend = start_region_a_1; }
  elseif (bereq.http.X-Lane == "junk") { set bereq.backend = junk_region_a_1; }
}

sub use_region_a_2 {
  set bereq.http.X-Site = "region-a-2";
  set bereq.http.X-Region = "region-a";
  set bereq.http.X-Tried = bereq.http.X-Tried + ",region-a-2,";
  if (bereq.http.X-Lane == "live") { set bereq.backend = live_region_a_2; }
  elseif (bereq.http.X-Lane == "dvr") { set bereq.backend = dvr_region_a_2; }
  elseif (bereq.http.X-Lane == "start") { set bereq.backend = start_region_a_2; }
  elseif (bereq.http.X-Lane == "junk") { set bereq.backend = junk_region_a_2; }
}

sub use_region_b_1 {
  set bereq.http.X-Site = "region-b-1";
  set bereq.http.X-Region = "region-b";
  set bereq.http.X-Tried = bereq.http.X-Tried + ",region-b-1,";
  if (bereq.http.X-Lane == "live") { set bereq.backend = live_region_b_1; }
  elseif (bereq.http.X-Lane == "dvr") { set bereq.backend = dvr_region_b_1; }
  elseif (bereq.http.X-Lane == "start") { set bereq.backend = start_region_b_1; }
  elseif (bereq.http.X-Lane == "junk") { set bereq.backend = junk_region_b_1; }
}

sub choose_origin {
  unset bereq.http.X-Site;
  if (!bereq.http.X-Site && bereq.http.X-Tried !~ ",region-a-1,"
    && bereq.http.X-Skip != "region-a" && std.healthy(live_region_a_1)) { call use_region_a_1; }
  if (!bereq.http.X-Site && bereq.http.X-Tried !~ ",region-a-2,"
    && bereq.http.X-Skip != "region-a" && std.healthy(live_region_a_2)) { call use_region_a_2; }
  if (!bereq.http.X-Site && bereq.http.X-Tried !~ ",region-b-1,"
    && bereq.http.X-Skip != "region-b" && std.healthy(live_region_b_1)) { call use_region_b_1; }
  # None of those left is known to be well: a probe may be behind.
  if (!bereq.http.X-Site && bereq.http.X-Tried !~ ",region-a-1,"
    && bereq.http.X-Skip != "region-a") { call use_region_a_1; }
  if (!bereq.http.X-Site && bereq.http.X-Tried !~ ",region-a-2,"
    && bereq.http.X-Skip != "region-a") { call use_region_a_2; }
  if (!bereq.http.X-Site && bereq.http.X-Tried !~ ",region-b-1,"
    && bereq.http.X-Skip != "region-b") { call use_region_b_1; }
  if (!bereq.http.X-Site) { call use_region_a_1; }
}
