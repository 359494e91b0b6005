/**
 * The edge's behaviour as a function of its settings: Varnish configuration text.
 *
 * Each lane has backends of its own for each upstream: `live_region_a` is the origin of that site, `fill_live_region_a` the fill node there.
 * So Varnish's own counters tell exactly how many requests of which lane went where, and one lane cannot use up another's connections.
 */
import { checkedSettings, type EdgeSettings } from "./settings.ts";
import { deliver, hash, miss, receive, synthetic } from "./vcl-client.ts";
import { drain } from "./vcl-drain.ts";
import { control } from "./vcl-control.ts";
import { fillTier } from "./vcl-fill.ts";
import { originTier } from "./vcl-origin.ts";
import { backendError, response } from "./vcl-response.ts";

export function edgeVcl(given: EdgeSettings): string {
  const settings = inForce(checkedSettings(given));
  return [
    "vcl 4.1;",
    "import std;",
    "import var;",
    "import directors;",
    ...(settings.fills.length > 0 ? fillTier(settings) : originTier(settings)),
    ...control(settings),
    drain,
    receive(settings),
    miss(settings),
    hash,
    response(settings),
    backendError(settings),
    deliver(settings),
    synthetic(settings),
  ]
    .join("\n\n")
    .concat("\n");
}

/** Varnish refuses what is declared and never used, so what a switch removes is not declared. */
function inForce(settings: EdgeSettings): EdgeSettings {
  const { defences, region, role } = settings;
  const [first, ...others] = settings.origins;
  return {
    ...settings,
    // An edge that does not fail over knows its own region only.
    origins: [
      first,
      ...(defences.regionFailover ? others : others.filter((other) => other.region === region)),
    ],
    fills: role === "edge" && defences.fillTier ? settings.fills : [],
  };
}
