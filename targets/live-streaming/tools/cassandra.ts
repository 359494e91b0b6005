/** Cassandra as a folder of jars. A node needs nothing else of the distribution. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureOf, run } from "../../../harness/system/child.ts";
import { type Place, type Recipe, Rejected } from "../../../harness/provision/recipe.ts";
import { demand, versionIn } from "../../../harness/provision/version.ts";

export const cassandraVersion = "5.0.8";

const startTimeoutMs = 30_000;

export const cassandra: Recipe = {
  name: "cassandra",
  variable: "SEAWALL_CASSANDRA",
  wanted: "5.0",
  pin: cassandraVersion,
  install: "unpack Cassandra's official archive",
  runsOn: "java",
  group: "cassandra",
  from: ["release", "maven"],
  release: () => {
    const archive = `apache-cassandra-${cassandraVersion}-bin.tar.gz`;
    const url = `https://archive.apache.org/dist/cassandra/${cassandraVersion}/${archive}`;
    return {
      url,
      checksumUrl: `${url}.sha512`,
      algorithm: "sha512",
      place: (folder) => placeOfJars(join(folder, `apache-cassandra-${cassandraVersion}`)),
    };
  },
  maven: {
    pom: fileURLToPath(new URL("./maven/pom.xml", import.meta.url)),
    checksums: fileURLToPath(new URL("./maven/jars.sha256", import.meta.url)),
    placeOf: placeOfJars,
  },
  placeOf: placeOfJars,
  candidates: (env) =>
    [env.CASSANDRA_HOME, "/usr/share/cassandra"]
      .filter((folder) => folder !== undefined && folder !== "")
      .map((folder) => placeOfJars(folder ?? ""))
      .filter((place) => existsSync(place.executable)),
  async check(place, context) {
    if (!existsSync(place.executable))
      throw new Rejected(`no jars of Cassandra in ${place.directory}`);
    if (!readdirSync(place.directory).some((name) => /^jamm-.*\.jar$/.test(name)))
      throw new Rejected(`no jamm jar in ${place.directory}`);
    const java = await context.java();
    const args = ["-cp", join(place.directory, "*"), "org.apache.cassandra.tools.GetVersion"];
    const outcome = await run(java.executable, args, {
      env: { ...context.env, ...java.env },
      signal: context.signal,
      timeoutMs: startTimeoutMs,
    });
    if (outcome.exitCode !== 0) throw new Rejected(failureOf("java … GetVersion", outcome));
    const version = versionIn(outcome.stdout, /(\d+\.\d+\.\d+)/);
    demand(version, "5.0", "5.1");
    return { version, restsOn: [place.directory] };
  },
};

/**
 * `folder` contains jars, or an unpacked distribution with its jars in `lib`. The main jar
 * represents the executable.
 */
export function placeOfJars(folder: string): Place {
  for (const directory of [folder, join(folder, "lib")]) {
    const jar = jarsIn(directory).find((name) =>
      /^(apache-cassandra|cassandra-all)-\d[\d.]*\.jar$/.test(name),
    );
    if (jar !== undefined) return { executable: join(directory, jar), directory };
  }
  return { executable: join(folder, "cassandra-all.jar"), directory: folder };
}

function jarsIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
