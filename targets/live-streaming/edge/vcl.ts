/**
 * The configuration of one edge: the rules in `vcl/` and two generated files. `edge.vcl` includes
 * the rules that the switches select. `settings.vcl` holds the launch settings. The two files in
 * the repository belong to an example node, so that `varnishd -C -f vcl/edge.vcl` compiles
 * everything.
 *
 * Each lane has its own backends per upstream: `live_region_a` is the origin of that site,
 * `fill_live_region_a` its fill node. Varnish's counters therefore show how many requests of each
 * lane went where. No lane can use up another's connections.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkedSettings, type EdgeSettings } from "./settings.ts";
import { inForce, type NodeInForce } from "./vcl-in-force.ts";
import { settingsVcl } from "./vcl-settings.ts";

const folder = join(import.meta.dirname, "vcl");

/**
 * The files that Varnish reads, by path within the service's folder. The entry file is `edge.vcl`.
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

/** A switch that is off includes the file that replaces the defence. */
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
