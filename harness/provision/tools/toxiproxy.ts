/** Toxiproxy's server, which proxies the links between services. */

import { join } from "node:path";
import type { Recipe } from "../recipe.ts";
import { demand, versionIn } from "../version.ts";
import { ask, placeOfProgram, programsInPath } from "./program.ts";

export const toxiproxyVersion = "2.12.0";

export const toxiproxy: Recipe = {
  name: "toxiproxy",
  variable: "SEAWALL_TOXIPROXY",
  wanted: "2.12",
  pin: toxiproxyVersion,
  install: "`brew install toxiproxy`, or its release page",
  group: "go",
  from: ["release", "goModule"],
  release: (machine) => {
    const base = `https://github.com/Shopify/toxiproxy/releases/download/v${toxiproxyVersion}`;
    return {
      url: `${base}/toxiproxy-server-linux-${machine}`,
      checksumUrl: `${base}/checksums.txt`,
      algorithm: "sha256",
      place: (folder) => placeOfProgram(join(folder, `toxiproxy-server-linux-${machine}`)),
    };
  },
  goModule: {
    main: "github.com/Shopify/toxiproxy/v2/cmd/server",
    program: "toxiproxy-server",
  },
  placeOf: placeOfProgram,
  candidates: (env) => programsInPath("toxiproxy-server", env),
  async check(place, context) {
    const version = versionIn(await ask(place, ["-version"], context), /version v?(\d+\.\d+\.\d+)/);
    demand(version, "2.12", "2.13");
    return { version };
  },
};
