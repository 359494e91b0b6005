/** The recipe of a tool that a user's own target brings. */
import type { TargetTool, ToolName } from "../../target/tools.ts";
import type { Recipe } from "../recipe.ts";
import { libraryEnv } from "../tree.ts";
import { demand, versionIn } from "../version.ts";
import { ask, placeOfProgram, programsInPath } from "./program.ts";

export function recipeOfTargetTool(
  name: ToolName,
  { program = name, debian = program, versionArgs = ["--version"], atLeast, below }: TargetTool,
): Recipe {
  return {
    name,
    variable: `SEAWALL_${name.toUpperCase().replaceAll("-", "_")}`,
    wanted: `>= ${atLeast}${below === undefined ? "" : ` and < ${below}`}`,
    pin: atLeast,
    install: `\`apt-get install ${debian}\``,
    group: "debian",
    from: ["debian"],
    debian: { packages: [debian], program },
    placeOf: placeOfProgram,
    // Debian may call a program otherwise than its own project does.
    candidates: (env) => [...new Set([name, program])].flatMap((one) => programsInPath(one, env)),
    async check(place, context) {
      const env = await libraryEnv(place, context);
      const text = await ask(place, versionArgs, context, env);
      const version = versionIn(text, /(?<![\d.])(\d+\.\d+(?:\.\d+)?)/);
      demand(version, atLeast, below);
      return { version, env, args: [] };
    },
  };
}
