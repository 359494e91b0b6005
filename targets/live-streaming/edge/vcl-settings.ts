/** The file `settings.vcl` of one node: sizes, paths, token and upstreams. */
import type { EdgeSettings } from "./settings.ts";
import type { NodeInForce } from "./vcl-in-force.ts";
import { upstreamsVcl } from "./vcl-upstreams.ts";

export function settingsVcl(node: NodeInForce): string {
  const { settings } = node;
  return `${[
    `vcl 4.1;
# Written by vcl-settings.ts: the settings of this node, set at launch.
import directors;
import std;
import var;`,
    sizes(node),
    sortPath(settings),
    ...(settings.defences.notifications ? [ofEvent(settings)] : []),
    `sub authorise {
  if (req.http.Authorization != "Bearer ${settings.controlToken}") {
    return (synth(401, "unauthorized"));
  }
}`,
    ...upstreamsVcl(node),
  ].join("\n\n")}\n`;
}

/** In the VCL task that calls it: a client request, or a fetch with its retries. */
function sizes({ settings, filler, near, retriesMax, otherRegions }: NodeInForce): string {
  const { segmentSeconds, dvrWindowSegments } = settings;
  const real = (value: number): string => value.toFixed(3);
  const all = [
    ["int", "segment_seconds", segmentSeconds],
    ["real", "segment_length", real(segmentSeconds)],
    ["int", "live_segments", settings.liveSegments],
    ["int", "window_segments", dvrWindowSegments],
    ["real", "window_length", real(dvrWindowSegments * segmentSeconds)],
    ["real", "hold", real(settings.holdGraceSeconds)],
    ["real", "retention", real(settings.retentionSeconds)],
    ["int", "retries_max", retriesMax],
    ...(filler === "fills" && otherRegions ? [["int", "near_fills", near.length]] : []),
  ];
  return `# Lengths of time in seconds.
sub sizes {
${all.map(([type, name, value]) => `  var.set_${type}("${name}", ${value});`).join("\n")}
}`;
}

function sortPath({ event, renditions }: EdgeSettings): string {
  const any = `(${renditions.join("|")})`;
  const paths = [
    ["segment", `^/live/${event}/${any}/(0|[1-9][0-9]{0,11})\\.m4s$`],
    ["start", `^/live/${event}/(${any}/init\\.mp4|manifest\\.mpd)$`],
    ["check", `^/check/[a-z0-9-]+/${event}/[a-z0-9-]+/[0-9]+\\.m4s$`],
  ] as const;
  return `sub sort_path {
  var.set_string("path", "");
  ${paths
    .map(([name, pattern]) => `if (req.url ~ "${pattern}") { var.set_string("path", "${name}"); }`)
    .join("\n  else")}
}`;
}

/** The settings have one event, and the gate refuses all others. */
function ofEvent({ event }: EdgeSettings): string {
  return `sub learn_from_event {
  if (bereq.url ~ "^/live/${event}/") { call learn_notifications; }
}

sub attach_to_event {
  if (req.url ~ "^/live/${event}/") { call attach_notifications; }
}`;
}
