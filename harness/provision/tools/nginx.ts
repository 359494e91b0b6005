/** nginx, a web server that any target may use. */

import type { Recipe } from "../recipe.ts";
import { libraryEnv } from "../tree.ts";
import { demand, versionIn } from "../version.ts";
import { ask, placeOfProgram, programsInPath } from "./program.ts";

export const nginx: Recipe = {
  name: "nginx",
  variable: "SEAWALL_NGINX",
  wanted: ">= 1.20",
  pin: "1",
  install: "`apt-get install nginx-light`, or `brew install nginx`",
  group: "debian",
  from: ["debian"],
  debian: { packages: ["nginx"], program: "nginx" },
  placeOf: placeOfProgram,
  candidates: (env) => programsInPath("nginx", env),
  async check(place, context) {
    const env = await libraryEnv(place, context);
    const version = versionIn(await ask(place, ["-v"], context, env), /nginx\/(\d+\.\d+\.\d+)/);
    demand(version, "1.20", "2");
    // As root, nginx would switch its workers to a user who may not enter the service's own folder.
    return { version, env, args: process.getuid?.() === 0 ? ["-g", "user root;"] : [] };
  },
};
