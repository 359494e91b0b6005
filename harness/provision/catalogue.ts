/** Every tool that a run needs, and Java, in the order in which people read of them. */

import type { ToolName } from "../target/tools.ts";
import type { PartName, Recipe } from "./recipe.ts";
import { cassandra } from "./tools/cassandra.ts";
import { faketime } from "./tools/faketime.ts";
import { ffmpeg } from "./tools/ffmpeg.ts";
import { java } from "./tools/java.ts";
import { k6 } from "./tools/k6.ts";
import { memcached } from "./tools/memcached.ts";
import { nginx } from "./tools/nginx.ts";
import { toxiproxy } from "./tools/toxiproxy.ts";
import { varnish } from "./tools/varnish.ts";

export const recipes: Readonly<Record<PartName, Recipe>> = {
  k6,
  toxiproxy,
  cassandra,
  memcached,
  varnish,
  nginx,
  ffmpeg,
  faketime,
  java,
};

/** The parts behind these tools: Cassandra brings Java, Node is already running. */
export function partsOf(names: readonly ToolName[]): readonly PartName[] {
  const parts = names.filter((name) => name !== "node");
  return [
    ...new Set<PartName>([...parts, ...(parts.includes("cassandra") ? (["java"] as const) : [])]),
  ];
}
