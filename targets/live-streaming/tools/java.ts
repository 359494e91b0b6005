/** Java 17, the newest that Cassandra 5.0 supports. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Place, Recipe } from "../../../harness/provision/recipe.ts";
import { libraryEnv } from "../../../harness/provision/tree.ts";
import { demand, versionIn } from "../../../harness/provision/version.ts";
import {
  ask,
  isExecutable,
  placeOfProgram,
  programsInPath,
} from "../../../harness/provision/tools/program.ts";

export const java: Recipe = {
  name: "java",
  variable: "SEAWALL_JAVA",
  wanted: "17",
  pin: "17",
  install: "`apt-get install openjdk-17-jre-headless`, or `brew install openjdk@17`",
  isPart: true,
  group: "debian",
  from: ["debian"],
  debian: {
    packages: ["openjdk-17-jre-headless"],
    placeIn: (root) => javasUnder(join(root, "usr/lib/jvm"))[0],
  },
  placeOf: (value) => placeOfProgram(isFolder(value) ? join(value, "bin", "java") : value),
  candidates: (env) => [
    ...(env.JAVA_HOME
      ? [placeOfProgram(join(env.JAVA_HOME, "bin", "java"))].filter((place) =>
          isExecutable(place.executable),
        )
      : []),
    ...programsInPath("java", env),
    ...javasUnder("/usr/lib/jvm"),
  ],
  async check(place, context) {
    const env = await libraryEnv(place, context);
    const version = versionIn(
      await ask(place, ["-version"], context, env),
      /version "(\d+(?:\.\d+)*)/,
    );
    demand(version, "17", "18");
    return { version, env };
  },
};

/** Debian keeps several Java versions side by side, of which only one is in PATH. */
export function javasUnder(folder: string): readonly Place[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.includes("17"))
    .map((name) => join(folder, name, "bin", "java"))
    .filter(isExecutable)
    .map((executable) => ({ executable, directory: dirname(dirname(executable)) }));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
