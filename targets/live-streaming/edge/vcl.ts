/**
 * The configuration of one edge: the rules in `vcl/`, and two files of its own. `edge.vcl` includes
 * the rules that its switches ask for; `settings.vcl` holds what it is told at its launch. The two
 * in the repository belong to an example node, so that `varnishd -C -f vcl/edge.vcl` reads it all.
 *
 * Each lane has backends of its own for each upstream: `live_region_a` is the origin of that site,
 * `fill_live_region_a` the fill node there. So Varnish's own counters tell exactly how many
 * requests of which lane went where, and one lane cannot use up another's connections.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkedSettings, type EdgeSettings } from "./settings.ts";
import { inForce, type NodeInForce } from "./vcl-in-force.ts";
import { settingsVcl } from "./vcl-settings.ts";

const folder = join(import.meta.dirname, "vcl");

/**
 * The files that Varnish reads, by their paths in the service's folder. It begins at `edge.vcl`.
 */
export function edgeVcl(given: EdgeSettings): Record<string, string> {
  const node = inForce(checkedSettings(given));
  return { ...rules(), "vcl/edge.vcl": includes(node), "vcl/settings.vcl": settingsVcl(node) };
}

function rules(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".vcl"))
      .map((name) => [`vcl/${name}`, readFileSync(join(folder, name), "utf8")]),
  );
}

/** A switch that is off includes what is left without the defence. */
const switched = {
  collapsing: "collapsing",
  msTtl: "ms-ttl",
  rangeGate: "range-gate",
  shedCaching: "shed-caching",
  notifications: "notifications",
} as const;

function includes({ settings, filler, otherRegions }: NodeInForce): string {
  const { role, defences } = settings;
  const names = [
    "request",
    "settings",
    `roles/${role === "edge" && filler === "origins" ? "alone" : role}`,
    `upstreams/${filler}`,
    `upstreams/${filler}-of-${otherRegions ? "other-regions" : "one-region"}`,
    ...Object.entries(switched).map(
      ([name, file]) => `defences/${file}${defences[name as keyof typeof switched] ? "" : "-off"}`,
    ),
    "drain",
    "control",
    "client",
    "clock",
    "answer",
  ];
  return `vcl 4.1;
# Written by vcl.ts: what this node includes, by its role and its switches.
${names.map((name) => `include "./${name}.vcl";`).join("\n")}
`;
}
