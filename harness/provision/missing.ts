/** The only error for missing tools: it names each, the attempts, and how to install it. */

import { SeawallError } from "../base/errors.ts";
import type { Attempt } from "./find.ts";
import type { Recipe } from "./recipe.ts";

export interface Missing {
  readonly recipe: Recipe;
  readonly attempts: readonly Attempt[];
}

export function missingTools(missing: readonly Missing[]): SeawallError {
  const names = missing.map(({ recipe }) => recipe.name).join(", ");
  const headline =
    missing.length === 1
      ? `a tool is missing: ${names}`
      : `${missing.length} tools are missing: ${names}`;
  const message = [headline, ...missing.flatMap(linesFor)].join("\n");
  return new SeawallError("TOOL_MISSING", message, {
    hint:
      "Install the missing tools as shown above, or set their variables; `seawall doctor` " +
      "shows what is found.",
  });
}

function linesFor({ recipe, attempts }: Missing): string[] {
  const tried = attempts.map(({ source, reason }) => `    ${source.padEnd(11)}  ${reason}`);
  return [
    `  ${recipe.name} (${recipe.wanted})`,
    ...tried,
    `    ${"to install".padEnd(11)}  ${recipe.install}; or set ${recipe.variable}`,
  ];
}
