/**
 * Makes both packages: the sources compiled, what a run needs besides them, and a `package.json` of
 * its own for each. `npm pack FOLDER/seawall` makes a tarball.
 *
 *   node packages/build.ts [FOLDER]      dist/ without one
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { bundled, forReaders, manifestOfCreate, manifestOfSeawall } from "./manifests.ts";

const root = resolve(import.meta.dirname, "..");
const folder = resolve(process.argv[2] ?? join(root, "dist"));
const checkout = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

buildSeawall(join(folder, "seawall"));
buildCreate(join(folder, "create-seawall"));

function buildSeawall(out: string): void {
  rmSync(out, { recursive: true, force: true });
  compile("seawall/tsconfig.json", out);
  compile("seawall/workloads.tsconfig.json", out);
  for (const part of ["harness", "targets", "experiments"]) copyAssets(part, out);
  for (const path of ["schemas", "seawall"])
    cpSync(join(root, path), join(out, path), { recursive: true });
  for (const path of forReaders)
    cpSync(join(root, path), join(out, path), {
      recursive: true,
      filter: (from) => from !== join(root, "docs/images"),
    });
  const manifest = manifestOfSeawall(checkout);
  complete("seawall", manifest, out);
  nameCompiledFiles(join(out, "targets/image/Dockerfile"));
  for (const [name, files] of Object.entries(bundled)) bundle(name, files, out);
  const entries = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? [] : [join(out, entry.types)],
  );
  keepPublicTypes(entries, out);
}

function buildCreate(out: string): void {
  rmSync(out, { recursive: true, force: true });
  compile("create-seawall/tsconfig.json", out);
  chmodSync(join(out, "create.js"), 0o755);
  complete("create-seawall", manifestOfCreate(checkout), out);
}

/** A dependency that comes inside the package, with no more of it than is used. */
function bundle(name: string, files: readonly string[], out: string): void {
  const [from, to] = [join(root, "node_modules", name), join(out, "node_modules", name)];
  const { version, license } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  for (const file of files) cpSync(join(from, file), join(to, file));
  const manifest = { name, version, license, main: files[0] };
  writeFileSync(join(to, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

function complete(name: string, manifest: object, out: string): void {
  writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(join(root, "LICENSE"), join(out, "LICENSE"));
  cpSync(join(import.meta.dirname, name, "README.md"), join(out, "README.md"));
}

function compile(project: string, out: string): void {
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/typescript/bin/tsc"),
      "-p",
      join(import.meta.dirname, project),
      "--outDir",
      out,
    ],
    { stdio: "inherit" },
  );
  if (status !== 0) process.exit(status ?? 1);
}

/** Pages' styles and scripts, configurations and image recipes: what is read, and not imported. */
function copyAssets(part: string, out: string): void {
  for (const entry of readdirSync(join(root, part), { recursive: true, withFileTypes: true })) {
    const path = relative(root, join(entry.parentPath, entry.name));
    if (!entry.isFile() || isLeftOut(path)) continue;
    if (existsSync(join(out, path))) {
      // What is imported the compiler has put there.
      if (path.endsWith(".json")) continue;
      throw new Error(`${path} has the name of a compiled file: call it something else`);
    }
    mkdirSync(dirname(join(out, path)), { recursive: true });
    cpSync(join(root, path), join(out, path));
  }
}

/** Sources are compiled, pages for readers of the source stay there, as does what sets it up. */
function isLeftOut(path: string): boolean {
  return (
    /\.(ts|md)$/.test(path) ||
    path.startsWith("experiments/repeated/") ||
    ["tsconfig.json", "bootstrap.sh", "check.sh"].includes(basename(path))
  );
}

/** The image is made of the package's own files. */
function nameCompiledFiles(path: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(/\.ts(?=[" ])/g, ".js"));
}

/** Removes the declarations that no entry leads to. */
function keepPublicTypes(entries: readonly string[], out: string): void {
  const kept = new Set<string>();
  for (const entry of entries) keep(entry, kept);
  for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.name.endsWith(".d.ts") && !kept.has(path)) rmSync(path);
  }
}

function keep(path: string, kept: Set<string>): void {
  if (kept.has(path) || !existsSync(path)) return;
  kept.add(path);
  // A declaration names the compiled file beside it, as all programs read that.
  const text = readFileSync(path, "utf8").replaceAll(/(["'])(\.[^"']*)\.ts\1/g, "$1$2.js$1");
  writeFileSync(path, text);
  for (const [, specifier] of text.matchAll(/["'](\.[^"']*)\.js["']/g))
    keep(join(dirname(path), `${specifier}.d.ts`), kept);
}
