/** How Seawall finds Prometheus and Alertmanager, or gets them from Debian. */
import { bringTools } from "../../harness/provision/catalogue.ts";
import type { Recipe } from "../../harness/provision/recipe.ts";
import { ask, placeOfProgram, programsInPath } from "../../harness/provision/tools/program.ts";
import { libraryEnv } from "../../harness/provision/tree.ts";
import { demand, versionIn } from "../../harness/provision/version.ts";

const recipe = (name: string, program: string, least: string, below: string): Recipe => ({
  name,
  variable: `SEAWALL_${name.toUpperCase()}`,
  wanted: `>= ${least}`,
  pin: least,
  install: `\`apt-get install ${program}\``,
  group: "debian",
  from: ["debian"],
  debian: { packages: [program], program },
  placeOf: placeOfProgram,
  candidates: (env) => [...programsInPath(name, env), ...programsInPath(program, env)],
  async check(place, context) {
    const env = await libraryEnv(place, context);
    const text = await ask(place, ["--version"], context, env);
    const version = versionIn(text, /version (\d+\.\d+\.\d+)/);
    demand(version, least, below);
    return { version, env, args: [] };
  },
});

bringTools([
  recipe("prometheus", "prometheus", "2.40", "4"),
  recipe("alertmanager", "prometheus-alertmanager", "0.24", "1"),
]);
