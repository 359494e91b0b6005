/** k6, the load generator. From 2.0 on it runs TypeScript itself. */

import { join } from "node:path";
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
  group: "go",
  from: ["release", "goModule"],
  release: (machine) => {
    const base = `https://github.com/grafana/k6/releases/download/v${k6Version}/k6-v${k6Version}`;
    return {
      url: `${base}-linux-${machine}.tar.gz`,
      checksumUrl: `${base}-checksums.txt`,
      algorithm: "sha256",
      place: (folder) => placeOfProgram(join(folder, `k6-v${k6Version}-linux-${machine}`, "k6")),
    };
  },
  goModule: { main: "go.k6.io/k6/v2", program: "k6" },
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
