/**
 * A tree of extracted Debian packages, prepared for the programs in it. It provides libraries that
 * the system's loader does not know and a compiler with its own headers. Symbolic links stay inside
 * the tree.
 */

import { existsSync } from "node:fs";
import { chmod, lstat, readdir, readlink, symlink, unlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { run } from "../system/child.ts";
import { type CheckContext, type Place, Rejected } from "./recipe.ts";

const loaderTimeoutMs = 15_000;

type Asking = Pick<CheckContext, "env" | "signal">;

const processors: Readonly<Record<string, string>> = {
  arm64: "aarch64",
  ppc64: "powerpc64le",
  x64: "x86_64",
};
/** Debian's multiarch name for this machine. Node runs on these, and on s390x. */
export const multiarch = `${processors[process.arch] ?? process.arch}-linux-gnu`;

/**
 * LD_LIBRARY_PATH for a program of a tree; empty for an installed one. Some packages have a library
 * in a folder that their installation would have registered (blas, lapack, pulseaudio). So the
 * loader is asked for missing libraries, and the tree is searched.
 */
export async function libraryEnv(place: Place, asking: Asking): Promise<Record<string, string>> {
  if (place.root === undefined) return {};
  const folders = [`usr/lib/${multiarch}`, `lib/${multiarch}`, "usr/lib", "lib"]
    .map((folder) => join(place.root ?? "", folder))
    .filter((folder) => existsSync(folder));
  for (;;) {
    const LD_LIBRARY_PATH = folders.join(":");
    const missing = await missingLibraries(place.executable, {
      env: { ...asking.env, LD_LIBRARY_PATH },
      signal: asking.signal,
    });
    if (missing.length === 0) return LD_LIBRARY_PATH === "" ? {} : { LD_LIBRARY_PATH };
    const found = await foldersHolding(missing, join(place.root, "usr/lib"));
    const added = found.filter((folder) => !folders.includes(folder));
    if (added.length === 0) throw new Rejected(`lacks the libraries ${missing.join(", ")}`);
    folders.push(...added);
  }
}

async function missingLibraries(executable: string, { env, signal }: Asking): Promise<string[]> {
  const { stdout } = await run("ldd", [executable], { env, signal, timeoutMs: loaderTimeoutMs });
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? "");
}

async function foldersHolding(names: readonly string[], under: string): Promise<string[]> {
  const entries = await readdir(under, { recursive: true, withFileTypes: true }).catch(() => []);
  return [
    ...new Set(
      entries.filter((entry) => names.includes(entry.name)).map((entry) => entry.parentPath),
    ),
  ];
}

/** The wrapper that `addCompiler` created in the tree, if it contains a compiler. */
export function compilerIn(root: string): string | undefined {
  const wrapper = join(root, "seawall-cc");
  return existsSync(wrapper) ? wrapper : undefined;
}

/**
 * Makes an extracted gcc usable in place: it finds its assembler, libraries and headers in the tree
 * `home` and not in the system.
 */
export async function addCompiler(root: string, home: string): Promise<void> {
  if (!existsSync(join(root, "usr/bin/gcc"))) return;
  const libraries = [`usr/lib/${multiarch}`, `lib/${multiarch}`]
    .map((folder) => join(home, folder))
    .join(":");
  const script = `#!/bin/sh
PATH='${home}/usr/bin':$PATH LD_LIBRARY_PATH='${libraries}' \\
  exec '${home}/usr/bin/gcc' --sysroot='${home}' "$@"
`;
  await writeFile(join(root, "seawall-cc"), script);
  await chmod(join(root, "seawall-cc"), 0o755);
}

/**
 * Rewrites absolute links (`/etc/java-17-openjdk/…`) to stay inside the tree, wherever it is moved.
 */
export async function keepLinksInside(root: string): Promise<void> {
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = await readlink(path);
    if (
      !target.startsWith("/") ||
      (await lstat(join(root, target)).catch(() => undefined)) === undefined
    )
      continue;
    await unlink(path);
    await symlink(relative(dirname(path), join(root, target)) || ".", path);
  }
}
