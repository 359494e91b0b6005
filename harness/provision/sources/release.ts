/**
 * Downloads the release that a project publishes, and checks it against the checksum file published beside it. That shows a download cut
 * short or altered on the way. It does not show a release replaced at its source together with its checksums: the registries' pinned
 * checksums (go.sum, jars.sha256) would.
 */

import { chmod, mkdir, rm } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import { runWell } from "../../system/child.ts";
import { type PartName, type Place, type Recipe, Rejected } from "../recipe.ts";
import { cassandraVersion, placeOfJars } from "../tools/cassandra.ts";
import { k6Version } from "../tools/k6.ts";
import { placeOfProgram } from "../tools/program.ts";
import { toxiproxyVersion } from "../tools/toxiproxy.ts";
import { checksumFor, download, reach, text } from "./download.ts";
import type { BuildContext, Source } from "./source.ts";

interface Release {
  readonly url: string;
  readonly checksumUrl: string;
  readonly algorithm: "sha256" | "sha512";
  /** Where the tool lies in a folder that the file was unpacked or put into. */
  readonly place: (folder: string) => Place;
}

export const release: Source = {
  kind: "download",
  title: "the official release",
  oneByOne: true,
  obstacle: () =>
    process.platform === "linux" && machine() !== undefined
      ? undefined
      : `no release for ${process.platform} ${arch()}`,

  async build(recipes, context) {
    const places = new Map<PartName, Place>();
    for (const recipe of recipes) {
      const found = releaseOf(recipe);
      if (found === undefined) throw new Rejected(`no release for ${process.platform} ${arch()}`);
      await reach(new URL(found.url).hostname, context);
      context.say("downloading the official release");
      const file = join(
        context.staging,
        new URL(found.url).pathname.split("/").at(-1) ?? recipe.name,
      );
      const expected = checksumFor(file, await text(found.checksumUrl, context));
      const actual = await download(found.url, found.algorithm, file, context);
      if (actual !== expected)
        throw new Rejected(`${found.url} differs from its published checksum`);
      places.set(recipe.name, found.place(await unpacked(file, context)));
    }
    return places;
  },
};

function releaseOf({ name }: Recipe): Release | undefined {
  const kind = machine();
  if (process.platform !== "linux" || kind === undefined) return undefined;
  if (name === "k6") {
    const base = `https://github.com/grafana/k6/releases/download/v${k6Version}/k6-v${k6Version}`;
    return {
      url: `${base}-linux-${kind}.tar.gz`,
      checksumUrl: `${base}-checksums.txt`,
      algorithm: "sha256",
      place: (folder) => placeOfProgram(join(folder, `k6-v${k6Version}-linux-${kind}`, "k6")),
    };
  }
  if (name === "toxiproxy") {
    const base = `https://github.com/Shopify/toxiproxy/releases/download/v${toxiproxyVersion}`;
    return {
      url: `${base}/toxiproxy-server-linux-${kind}`,
      checksumUrl: `${base}/checksums.txt`,
      algorithm: "sha256",
      place: (folder) => placeOfProgram(join(folder, `toxiproxy-server-linux-${kind}`)),
    };
  }
  if (name === "cassandra") {
    const url = `https://archive.apache.org/dist/cassandra/${cassandraVersion}/apache-cassandra-${cassandraVersion}-bin.tar.gz`;
    return {
      url,
      checksumUrl: `${url}.sha512`,
      algorithm: "sha512",
      place: (folder) => placeOfJars(join(folder, `apache-cassandra-${cassandraVersion}`)),
    };
  }
  return undefined;
}

function machine(): "amd64" | "arm64" | undefined {
  return ({ x64: "amd64", arm64: "arm64" } as const)[arch() as "x64" | "arm64"];
}

async function unpacked(file: string, { env, signal, staging }: BuildContext): Promise<string> {
  if (!file.endsWith(".tar.gz")) {
    await chmod(file, 0o755);
    return staging;
  }
  const folder = join(staging, "release");
  await mkdir(folder);
  await runWell("tar", ["-xzf", file, "-C", folder], { env, signal });
  await rm(file);
  return folder;
}
