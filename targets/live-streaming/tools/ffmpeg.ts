/** ffmpeg with the two encoders of the looped stream. */

import { type Recipe, WrongVersion } from "../../../harness/provision/recipe.ts";
import { libraryEnv } from "../../../harness/provision/tree.ts";
import { demand, versionIn } from "../../../harness/provision/version.ts";
import {
  ask,
  companionsOf,
  placeOfProgram,
  programsInPath,
} from "../../../harness/provision/tools/program.ts";

const encoders = ["libx264", "aac"];

export const ffmpeg: Recipe = {
  name: "ffmpeg",
  variable: "SEAWALL_FFMPEG",
  wanted: `>= 5 with ${encoders.join(" and ")}`,
  pin: "5",
  install: "`apt-get install ffmpeg`, or `brew install ffmpeg`",
  group: "debian",
  from: ["debian"],
  debian: { packages: ["ffmpeg"], program: "ffmpeg" },
  placeOf: placeOfProgram,
  candidates: (env) => programsInPath("ffmpeg", env),
  async check(place, context) {
    const env = await libraryEnv(place, context);
    const version = versionIn(
      await ask(place, ["-version"], context, env),
      /ffmpeg version n?(\d+(?:\.\d+)*)/,
    );
    demand(version, "5");
    const listed = await ask(place, ["-hide_banner", "-encoders"], context, env);
    const lacking = encoders.filter(
      (name) => !new RegExp(`^ ?[VA]\\S* ${name} `, "m").test(listed),
    );
    if (lacking.length > 0) throw new WrongVersion(`has no encoder ${lacking.join(", ")}`);
    return { version, env, companions: companionsOf(place, ["ffprobe"], []) };
  },
};
