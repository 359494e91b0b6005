/**
 * Downloads Debian packages and unpacks them into the tool cache. It installs nothing, needs no
 * root, and leaves apt's own state unchanged. apt checks the signatures. Only what the system lacks
 * is downloaded, so an unpacked program uses the rest from the system.
 */

import { existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { failureOf, run, runWell } from "../../system/child.ts";
import { type Place, type Recipe, Rejected } from "../recipe.ts";
import { isExecutable, programsInPath } from "../tools/program.ts";
import { addCompiler, keepLinksInside } from "../tree.ts";
import type { BuildContext, Source } from "./source.ts";

export type FetchContext = Pick<BuildContext, "env" | "signal" | "staging" | "cache" | "say">;

/**
 * Never unpacked: a second C library next to the system's loader crashes every program that loads
 * it.
 */
const keptOut = /^(libc6|libc-bin|libc6-i386|libc6-x32)_/;

const listsAgeMsMax = 24 * 3_600_000;

export const debian: Source = {
  kind: "registry",
  title: "Debian's packages",
  oneByOne: false,
  obstacle: (env) =>
    ["apt-get", "dpkg-deb"].some((name) => programsInPath(name, env).length === 0)
      ? "apt-get is not on this machine"
      : undefined,

  async build(recipes, context) {
    const obstacle = debian.obstacle(context.env);
    if (obstacle !== undefined) throw new Rejected(obstacle);
    const root = join(context.staging, "root");
    const archives = await fetchArchives(
      recipes.flatMap(({ debian: of }) => of?.packages ?? []),
      context,
    );
    await unpack(
      archives.filter((path) => !keptOut.test(basename(path))),
      root,
      context,
    );
    for (const name of ["lib", "bin", "sbin"])
      if (!existsSync(join(root, name))) await symlink(`usr/${name}`, join(root, name));
    await rm(join(context.staging, "apt"), { recursive: true });
    await keepLinksInside(root);
    await addCompiler(root, join(context.home, "root"));
    return new Map(recipes.map((recipe) => [recipe.name, placeIn(root, recipe, context.env)]));
  },
};

/**
 * Downloads the packages and those of their dependencies that the system lacks, or all of them with
 * `aside`. Returns the paths of the archives.
 */
export async function fetchArchives(
  names: readonly string[],
  context: FetchContext,
  aside = "",
): Promise<string[]> {
  const { env, signal, staging, say } = context;
  const apt = join(staging, "apt");
  const archives = join(apt, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  const configuration = join(apt, "apt.conf");
  const aptGet = (args: readonly string[], step: string) =>
    run("apt-get", ["-c", configuration, ...args], {
      env: { ...env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
      signal,
      nice: true,
      onLine: (line) => say(step, line),
    });
  const install = ["install", "-y", "--no-install-recommends", "--download-only", ...names];
  const more = names.length > 6 ? " and more" : "";
  const step = `fetching Debian's ${names.slice(0, 6).join(", ")}${more}`;

  // The system's package lists come first: they usually suffice, and downloading new ones takes
  // longer than the packages.
  await writeFile(configuration, configurationFor(apt) + aside);
  say(step);
  let outcome = await aptGet(install, step);
  if (outcome.exitCode !== 0) {
    const lists = context.cache.folder("apt-lists");
    await mkdir(join(lists, "partial"), { recursive: true });
    await writeFile(
      configuration,
      `${configurationFor(apt)}${aside}Dir::State::lists "${lists}";\n`,
    );
    if (await areOld(lists)) {
      say("refreshing a package list of our own");
      const update = await aptGet(["update"], "refreshing a package list of our own");
      if (update.exitCode !== 0) throw new Rejected(failureOf("apt-get update", update));
      await writeFile(join(lists, "refreshed"), "");
    }
    say(step);
    outcome = await aptGet(install, step);
  }
  if (outcome.exitCode !== 0)
    throw new Rejected(failureOf("apt-get install --download-only", outcome));
  return (await readdir(archives))
    .filter((name) => name.endsWith(".deb"))
    .map((name) => join(archives, name));
}

/** apt writes to `folder` only. The system's hooks are excluded, because they act on the system. */
function configurationFor(folder: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Debug::NoLocking "true";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons-small::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Dir::Cache "${folder}";
Dir::Cache::archives "${folder}/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::State::extended_states "${folder}/extended_states";
Dir::Log "${folder}/log";
`;
}

async function areOld(lists: string): Promise<boolean> {
  const refreshed = await stat(join(lists, "refreshed")).catch(() => undefined);
  return refreshed === undefined || Date.now() - refreshed.mtimeMs > listsAgeMsMax;
}

export async function unpack(
  archives: readonly string[],
  root: string,
  { env, signal, say }: FetchContext,
): Promise<void> {
  await mkdir(root, { recursive: true });
  const waiting = [...archives];
  // Keeps links to folders as links, which `dpkg-deb -x` does not guarantee.
  const script =
    'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$2"';
  const worker = async (): Promise<void> => {
    for (let archive = waiting.shift(); archive !== undefined; archive = waiting.shift()) {
      say(`unpacking ${archives.length} packages`, `${archives.length - waiting.length}`);
      await runWell("sh", ["-c", script, "sh", archive, root], { env, signal, nice: true });
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
}

/** The program's path: in the tree, or in the system if only its dependencies were downloaded. */
function placeIn(root: string, { name, debian: of }: Recipe, env: NodeJS.ProcessEnv): Place {
  if (of?.placeIn !== undefined) {
    const place = of.placeIn(root);
    if (place === undefined) throw new Rejected(`the packages hold no ${name}`);
    return { ...place, root };
  }
  const program = of?.program ?? name;
  const inTree = ["usr/bin", "usr/sbin"]
    .map((folder) => join(root, folder, program))
    .find(isExecutable);
  const executable = inTree ?? programsInPath(program, env)[0]?.executable;
  if (executable === undefined) throw new Rejected(`the packages hold no ${program}`);
  return { executable, directory: root, root };
}
