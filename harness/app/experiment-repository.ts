/**
 * The git repository of an experiment's code. It resolves a ref, and makes a work tree of it beside
 * the user's own, with its packages.
 */
import { existsSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { SeawallError } from "../base/errors.ts";
import { failureOf, run } from "../system/child.ts";
import { git } from "../system/git.ts";
import type { Context } from "./context.ts";
import { fileOf, isCatalogued } from "./experiment-files.ts";
import { isInstalled } from "./project.ts";

/** Where an experiment's code is kept, and the commit of it that a ref means. */
export interface Repository {
  readonly root: string;
  readonly commit: string;
}

/** Throws one line where there is no repository, or no such ref in it. */
export async function repositoryOf(
  context: Context,
  name: string,
  ref: string,
): Promise<Repository> {
  const root = await rootOf(context, name, ref);
  const { problem, output } = await git(
    root,
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
async function rootOf(context: Context, name: string, ref: string): Promise<string> {
  const isOfSeawall = isCatalogued(context, name);
  if (isOfSeawall && !isInstalled(context.root)) return context.root;
  if (isOfSeawall)
    throw new SeawallError(
      "UNKNOWN_NAME",
      `the baseline ${ref} is not a folder, and ${name} comes with the package, which has no refs`,
      { hint: "Name a folder with runs of the experiment." },
    );
  const found = await git(dirname(fileOf(context, name)), "rev-parse", "--show-toplevel");
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

/** Its file in a work tree. */
export function fileIn(tree: string, context: Context, name: string, { root }: Repository): string {
  return join(tree, relative(realpathSync(root), fileOf(context, name)));
}

/** Throws where git cannot do it, or the packages of that commit cannot be had. */
export async function checkOut(
  { root, commit }: Repository,
  tree: string,
  label: string,
): Promise<void> {
  const { problem } = await git(root, "worktree", "add", "--detach", "--quiet", tree, commit);
  if (problem === null) return;
  throw new SeawallError("OUTPUT_NOT_WRITABLE", `${label} cannot be checked out: ${problem}`, {
    hint: "Run `git worktree prune` and check that the disk is not full.",
  });
}

export async function removeTree(root: string, tree: string): Promise<void> {
  await git(root, "worktree", "remove", "--force", tree);
}

/** Seawall sets itself up: what is installed here serves a commit that locks the same packages. */
export function lendOwnPackages(root: string, tree: string): void {
  if (isSame(join(root, "node_modules/.seawall-stamp"), join(tree, "package-lock.json")))
    lend(root, tree);
}

/** The commands that install packages as a lock file says. */
const installers: readonly { readonly lock: string; readonly command: readonly string[] }[] = [
  { lock: "package-lock.json", command: ["npm", "ci", "--no-audit", "--no-fund"] },
  { lock: "npm-shrinkwrap.json", command: ["npm", "ci", "--no-audit", "--no-fund"] },
  { lock: "pnpm-lock.yaml", command: ["pnpm", "install", "--frozen-lockfile"] },
  { lock: "yarn.lock", command: ["yarn", "install", "--immutable"] },
];

const installMsMax = 10 * 60_000;

/**
 * Gives packages to an experiment's folder in a work tree, and to the folders above it. They are
 * those that are installed here if the commit locks the same ones; otherwise it installs its own.
 */
export async function givePackages(
  { root }: Repository,
  tree: string,
  folder: string,
  label: string,
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
      const outcome = await run(command, args, { cwd: there, timeoutMs: installMsMax, signal });
      if (outcome.exitCode !== 0)
        throw new SeawallError(
          "EXPERIMENT_MALFORMED",
          `the packages of ${label} cannot be installed: ${failureOf(command, outcome)}`,
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

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
