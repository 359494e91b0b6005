/**
 * The git repository in which an experiment's code is kept: what a ref means there, and a work tree
 * of it beside the user's own, with its packages.
 */
import { existsSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { SeawallError } from "../base/errors.ts";
import { runCommand } from "../system/command.ts";
import type { Context } from "./context.ts";
import { isCatalogued, pathOf } from "./experiment-files.ts";
import { isInstalled } from "./project.ts";

/** Where an experiment's code is kept, and the commit of it that a ref means. */
export interface Repository {
  readonly root: string;
  readonly commit: string;
}

/** Throws one line where there is no repository, or no such ref in it. `log` is overwritten. */
export async function repositoryOf(
  context: Context,
  name: string,
  ref: string,
  log: string,
): Promise<Repository> {
  const root = await rootOf(context, name, ref, log);
  const { problem, output } = await git(
    root,
    log,
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${ref}^{commit}`,
  );
  if (problem === null) return { root, commit: lastLine(output) };
  throw new SeawallError(
    "UNKNOWN_NAME",
    `the baseline ${ref} is neither a folder nor a git ref of ${root}`,
    {
      hint:
        "Name a folder with runs in it, or a branch, tag or commit of the experiment's own " +
        "repository.",
    },
  );
}

/** A ref is one of the experiment's own repository: Seawall's for what is in its catalogue. */
async function rootOf(context: Context, name: string, ref: string, log: string): Promise<string> {
  const isOfSeawall = isCatalogued(context, name);
  if (isOfSeawall && !isInstalled(context.root)) return context.root;
  if (isOfSeawall)
    throw new SeawallError(
      "UNKNOWN_NAME",
      `the baseline ${ref} is not a folder, and ${name} comes with the package, which has no refs`,
      { hint: "Name a folder with runs of the experiment." },
    );
  const found = await git(dirname(fileOf(context, name)), log, "rev-parse", "--show-toplevel");
  if (found.problem === null) return lastLine(found.output);
  throw new SeawallError(
    "UNKNOWN_NAME",
    `the baseline ${ref} is not a folder, and ${name} is not in a git repository with such a ref`,
    {
      hint:
        "Name a folder with runs of the experiment, or put the experiment into a git " +
        "repository.",
    },
  );
}

export function fileOf(context: Context, name: string): string {
  const path = pathOf(context, name);
  return existsSync(path) ? realpathSync(path) : path;
}

/** Its file in a work tree. */
export function fileIn(tree: string, context: Context, name: string, { root }: Repository): string {
  return join(tree, relative(realpathSync(root), fileOf(context, name)));
}

/** Throws where git cannot do it, or the packages of that commit cannot be had. */
export async function checkOut(
  { root, commit }: Repository,
  tree: string,
  label: string,
  log: string,
): Promise<void> {
  const { problem } = await git(root, log, "worktree", "add", "--detach", "--quiet", tree, commit);
  if (problem === null) return;
  throw new SeawallError("OUTPUT_NOT_WRITABLE", `${label} cannot be checked out: ${problem}`, {
    hint: "Run `git worktree prune` and check that the disk is not full.",
  });
}

export async function removeTree(root: string, tree: string, log: string): Promise<void> {
  await git(root, log, "worktree", "remove", "--force", tree);
}

/** Seawall sets itself up: what is installed here serves a commit that locks the same packages. */
export function lendOwnPackages(root: string, tree: string): void {
  if (isSame(join(root, "node_modules/.seawall-stamp"), join(tree, "package-lock.json")))
    lend(root, tree);
}

/** How packages are got as a lock file says. */
const installers: readonly { readonly lock: string; readonly command: readonly string[] }[] = [
  { lock: "package-lock.json", command: ["npm", "ci", "--no-audit", "--no-fund"] },
  { lock: "npm-shrinkwrap.json", command: ["npm", "ci", "--no-audit", "--no-fund"] },
  { lock: "pnpm-lock.yaml", command: ["pnpm", "install", "--frozen-lockfile"] },
  { lock: "yarn.lock", command: ["yarn", "install", "--immutable"] },
];

const installMsMax = 10 * 60_000;

/**
 * Packages for an experiment's folder in a work tree, and the folders above it: those that are
 * installed here where the commit locks the same ones, else its own.
 */
export async function givePackages(
  { root }: Repository,
  tree: string,
  folder: string,
  label: string,
  log: string,
  signal: AbortSignal,
): Promise<void> {
  for (const part of foldersUp(relative(realpathSync(root), folder))) {
    const [here, there] = [join(root, part), join(tree, part)];
    if (existsSync(join(there, "node_modules"))) continue;
    const installer = installers.find(({ lock }) => existsSync(join(there, lock)));
    const compared = installer?.lock ?? "package.json";
    if (isSame(join(here, compared), join(there, compared))) lend(here, there);
    else if (installer !== undefined) {
      const [command = "", ...args] = installer.command;
      const problem = await runCommand({ command, args, cwd: there }, log, installMsMax, signal);
      if (signal.aborted) throw signal.reason;
      if (problem !== null)
        throw new SeawallError(
          "EXPERIMENT_MALFORMED",
          `the packages of ${label} cannot be installed: ${installer.command.join(" ")}: ` +
            `${problem.split("\n")[0]}`,
          { hint: `Its ${installer.lock} differs from the one here.` },
        );
    } else if (existsSync(join(there, "package.json")))
      throw new SeawallError(
        "EXPERIMENT_MALFORMED",
        `${label} needs other packages than those installed here, and has no lock file`,
        { hint: `Commit one of ${installers.map(({ lock }) => lock).join(", ")}.` },
      );
  }
}

/** Both the same text, or neither there. */
function isSame(here: string, there: string): boolean {
  const both = existsSync(here) && existsSync(there);
  return both
    ? readFileSync(here).equals(readFileSync(there))
    : existsSync(here) === existsSync(there);
}

function lend(from: string, to: string): void {
  const packages = join(from, "node_modules");
  if (existsSync(packages) && existsSync(to) && !existsSync(join(to, "node_modules")))
    symlinkSync(packages, join(to, "node_modules"), "dir");
}

/** `a/b` lies in `a/b`, `a` and the root itself. */
function foldersUp(folder: string): string[] {
  return folder === "." || folder === "" ? ["."] : [folder, ...foldersUp(dirname(folder))];
}

/** Its output stands in the log, which is begun anew each time. */
async function git(
  folder: string,
  log: string,
  ...args: readonly string[]
): Promise<{ readonly problem: string | null; readonly output: string }> {
  rmSync(log, { force: true });
  const problem = await runCommand({ command: "git", args: ["-C", folder, ...args] }, log, 120_000);
  return { problem, output: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
