/** Downloads jars with Maven from a recipe's dependencies, and verifies its checksums. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { runWell } from "../../system/child.ts";
import { type PartName, type Place, type Recipe, Rejected } from "../recipe.ts";
import { programsInPath } from "../tools/program.ts";
import type { Source } from "./source.ts";

export const maven: Source = {
  kind: "registry",
  title: "Maven",
  oneByOne: false,
  obstacle: (env) =>
    programsInPath("mvn", env).length === 0 ? "mvn is not on this machine" : undefined,

  async build(recipes, { env, signal, staging, say, java }) {
    const mvn = programsInPath("mvn", env)[0]?.executable;
    if (mvn === undefined) throw new Rejected("mvn is not on this machine");
    const [{ name, maven: wanted }, ...others] = recipes as readonly [Recipe];
    if (wanted === undefined || others.length > 0)
      throw new Rejected(
        `Maven has no dependencies of ${recipes.map((one) => one.name).join(", ")}`,
      );
    const { executable, env: javaEnv } = await java();
    const jars = join(staging, "jars");
    say("fetching jars with Maven");
    // --strict-checksums: otherwise Maven only warns of a jar that differs from its published
    // checksum.
    const args = [
      "--batch-mode",
      "--strict-checksums",
      "--file",
      wanted.pom,
      "dependency:copy-dependencies",
      "-DincludeScope=runtime",
      `-DoutputDirectory=${jars}`,
    ];
    await runWell(mvn, args, {
      cwd: staging,
      env: { ...env, ...javaEnv, JAVACMD: executable },
      signal,
      nice: true,
      onLine: (line) => say("fetching jars with Maven", line.replace(/^\[INFO\] /, "")),
    });
    await verifyJars(jars, await readFile(wanted.checksums, "utf8"));
    return new Map<PartName, Place>([[name, wanted.placeOf(jars)]]);
  },
};

/** Throws `Rejected` unless the folder contains exactly the listed jars. */
export async function verifyJars(folder: string, list: string): Promise<void> {
  const wanted = new Map(
    list
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [sum = "", name = ""] = line.split(/\s+/);
        return [name, sum];
      }),
  );
  for (const name of await readdir(folder)) {
    if (!wanted.has(name)) throw new Rejected(`${name} is not in jars.sha256`);
  }
  for (const [name, sum] of wanted) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(folder, name)), hash).catch((cause: unknown) => {
      throw new Rejected(`${name} did not come`, cause);
    });
    if (hash.digest("hex") !== sum)
      throw new Rejected(`${name} differs from its checksum in jars.sha256`);
  }
}
