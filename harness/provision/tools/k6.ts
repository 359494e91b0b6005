/** k6, the load generator. From 2.0 on it runs TypeScript by itself. */

import type { Recipe } from "../recipe.ts";
import { demand, versionIn } from "../version.ts";
import { ask, placeOfProgram, programsInPath } from "./program.ts";

export const k6Version = "2.2.0";

export const k6: Recipe = {
  name: "k6",
  variable: "SEAWALL_K6",
  wanted: ">= 2.0 and < 3",
  pin: k6Version,
  install: "`brew install k6`, or Grafana's apt repository",
  placeOf: placeOfProgram,
  candidates: (env) => programsInPath("k6", env),
  async check(place, context) {
    const version = versionIn(
      await ask(place, ["version"], context),
      /k6(?:\.\w+)? v(\d+\.\d+\.\d+)/,
    );
    demand(version, "2.0", "3");
    return { version };
  },
};
