/** The recipes of tools: the harness's own, and those that targets bring. */

import { SeawallError } from "../base/errors.ts";
import { unknownName } from "../base/nearest.ts";
import { nameTools, type ToolName } from "../target/tools.ts";
import type { PartName, Recipe } from "./recipe.ts";
import { faketime } from "./tools/faketime.ts";
import { k6 } from "./tools/k6.ts";
import { nginx } from "./tools/nginx.ts";
import { toxiproxy } from "./tools/toxiproxy.ts";

const known = new Map<PartName, Recipe>(
  [k6, toxiproxy, nginx, faketime].map((recipe) => [recipe.name, recipe]),
);

/** Registers recipes in this process; the last one of a name counts. */
export function bringTools(recipes: readonly Recipe[]): void {
  for (const recipe of recipes) known.set(recipe.name, recipe);
  nameTools(recipes.flatMap(({ name, isPart }) => (isPart === true ? [] : [name])));
}

/** In display order. */
export function allRecipes(): readonly Recipe[] {
  return [...known.values()];
}

export function recipeOf(name: PartName): Recipe {
  const recipe = known.get(name);
  if (recipe === undefined)
    throw new SeawallError("TOOL_MISSING", unknownName("tool", name, ["node", ...known.keys()]), {
      hint: "A target brings a tool of its own in `tools`.",
    });
  return recipe;
}

/** The parts behind these tools, and the parts on which those run. Node is already running. */
export function partsOf(names: readonly ToolName[]): readonly PartName[] {
  const parts = names.filter((name) => name !== "node").map(recipeOf);
  return [
    ...new Set([
      ...parts.map(({ name }) => name),
      ...parts.flatMap(({ runsOn }) => (runsOn === undefined ? [] : [runsOn])),
    ]),
  ];
}
