/** memcached, the cache in front of the store. */

import { type Recipe, Rejected } from "../../../harness/provision/recipe.ts";
import { libraryEnv } from "../../../harness/provision/tree.ts";
import { demand, versionIn } from "../../../harness/provision/version.ts";
import { ask, placeOfProgram, programsInPath } from "../../../harness/provision/tools/program.ts";

export const memcached: Recipe = {
  name: "memcached",
  variable: "SEAWALL_MEMCACHED",
  wanted: ">= 1.6",
  pin: "1.6",
  install: "`apt-get install memcached`, or `brew install memcached`",
  group: "debian",
  from: ["debian"],
  debian: { packages: ["memcached"], program: "memcached" },
  placeOf: placeOfProgram,
  candidates: (env) => programsInPath("memcached", env),
  async check(place, context) {
    const env = await libraryEnv(place, context);
    const version = versionIn(
      await ask(place, ["-V"], context, env),
      /memcached (\d+\.\d+(?:\.\d+)?)/,
    );
    demand(version, "1.6", "2");
    return { version, env, args: userArgs() };
  },
};

/** memcached refuses to run as root without a user to switch to. */
function userArgs(): readonly string[] {
  if (process.getuid === undefined) throw new Rejected("runs on a system with user ids only");
  return process.getuid() === 0 ? ["-u", "nobody"] : [];
}
