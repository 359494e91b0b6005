/**
 * The baseline of a gate: a folder of runs, or a git ref. A ref is checked out next to the work
 * tree and run with its own code on this machine. Figures of another machine are not
 * comparable. Every record is judged again: a stored verdict is no evidence.
 */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { Run } from "../record/run.ts";
import type { Status } from "../record/verdict.ts";
import { oneLine } from "../report/plain.ts";
import { readRun } from "../run/read-run.ts";
import { files } from "../run/run-directory.ts";
import { runCommand } from "../system/command.ts";
import { foldersIn, jsonIn, makeFolders } from "../system/files.ts";
import type { Context } from "./context.ts";
import { judgeRecord } from "./judge-record.ts";

/** Selects the runs of one experiment with which new ones are compared. */
export interface BaselineQuery {
  /** As the user named it: from the catalogue, or a path. */
  readonly name: string;
  readonly experiment: string;
  readonly topology: string;
  readonly substrate: string;
}

export interface Baseline extends AsyncDisposable {
  /** Display name: the folder, or the ref and its commit. */
  readonly label: string;
  /** Runs with every defence on. Makes them first if it can. */
  runs(query: BaselineQuery): Promise<BaselineRuns>;
}

/** The baseline's runs of one experiment. */
export interface BaselineRuns {
  readonly held: readonly Run[];
  /** The results of skipped runs, in one line each. */
  readonly leftOut: readonly string[];
  /** Sound records of runs that were refuted. */
  readonly refuted: readonly Run[];
}

/** `names`: the experiments that will be requested, as the user named them. */
export interface BaselineOptions {
  readonly runs: number;
  readonly seed: number;
  readonly names: readonly string[];
}

export async function openBaseline(
  context: Context,
  named: string,
  out: string,
  options: BaselineOptions,
): Promise<Baseline> {
  const folder = resolve(context.cwd, named);
  if (existsSync(folder)) {
    const judging = new JudgedRuns(context);
    return {
      label: named,
      runs: (query) => judging.of(folder, query),
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const temporary = mkdtempSync(join(tmpdir(), "seawall-baseline-"));
  try {
    const roots = new Map<string, Repository>();
    for (const name of options.names) {
      const root = await rootOf(context, name, named, temporary);
      if (!roots.has(root))
        roots.set(root, { root, commit: await commitIn(root, named, temporary) });
    }
    return new RefBaseline(context, named, roots, join(out, "baseline"), temporary, options);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** The repository of an experiment's code, and the commit that is the baseline. */
interface Repository {
  readonly root: string;
  readonly commit: string;
}

function isPath(name: string): boolean {
  return name.includes("/") || name.endsWith(".ts");
}

/** A ref belongs to the experiment's own repository: Seawall's for the catalogue. */
async function rootOf(
  context: Context,
  name: string,
  ref: string,
  temporary: string,
): Promise<string> {
  if (!isPath(name)) return context.root;
  const folder = dirname(fileOf(context, name));
  const { problem, output } = await git(
    folder,
    join(temporary, "git.log"),
    "rev-parse",
    "--show-toplevel",
  );
  if (problem === null) return output.trim().split("\n").at(-1) ?? "";
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

function fileOf(context: Context, name: string): string {
  const path = resolve(context.cwd, name);
  return existsSync(path) ? realpathSync(path) : path;
}

async function commitIn(root: string, ref: string, temporary: string): Promise<string> {
  const { problem, output } = await git(
    root,
    join(temporary, "git.log"),
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${ref}^{commit}`,
  );
  if (problem === null) return output.trim().split("\n").at(-1) ?? "";
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

/** Runs the commit's own code in a separate work tree. */
class RefBaseline implements Baseline {
  readonly label: string;
  readonly #context: Context;
  readonly #named: string;
  readonly #repositories: ReadonlyMap<string, Repository>;
  readonly #folder: string;
  readonly #temporary: string;
  readonly #options: BaselineOptions;
  readonly #judging: JudgedRuns;
  readonly #trees = new Map<string, string>();

  constructor(
    context: Context,
    named: string,
    repositories: ReadonlyMap<string, Repository>,
    folder: string,
    temporary: string,
    options: BaselineOptions,
  ) {
    const commits = [...repositories.values()].map(({ commit }) => commit.slice(0, 12));
    this.label = `${named} (${commits.join(", ")})`;
    this.#context = context;
    this.#named = named;
    this.#repositories = repositories;
    this.#folder = folder;
    this.#temporary = temporary;
    this.#options = options;
    this.#judging = new JudgedRuns(context);
  }

  async runs(query: BaselineQuery): Promise<BaselineRuns> {
    const repository = this.#repositories.get(
      await rootOf(this.#context, query.name, this.#named, this.#temporary),
    );
    if (repository === undefined) return { held: [], leftOut: [], refuted: [] };
    const folder = join(this.#folder, repository.commit.slice(0, 12));
    let judged = await this.#judging.of(folder, query);
    // Each run gets another seed. A run that did not hold is not replaced, and one without a record
    // could not start.
    for (
      let made = judged.held.length, count = recorded(folder, query).length;
      made < this.#options.runs;
      made++
    ) {
      await this.#make(repository, folder, query, (this.#options.seed + made) % 2 ** 32);
      if (recorded(folder, query).length === count++) break;
      judged = await this.#judging.of(folder, query);
    }
    return judged;
  }

  async #make(
    repository: Repository,
    folder: string,
    { name, topology, substrate }: BaselineQuery,
    seed: number,
  ): Promise<void> {
    const { signal, stderr, root } = this.#context;
    const tree = await this.#checkedOut(repository, name);
    const file = isPath(name)
      ? join(tree, relative(repository.root, fileOf(this.#context, name)))
      : join(tree, "experiments", `${name}.ts`);
    if (!existsSync(file)) return;
    stderr.write(`baseline ${name} at ${this.label}, seed ${seed}\n`);
    makeFolders(folder);
    // A commit of Seawall runs its own code; a user's own target is run by today's harness.
    const seawall = join(repository.root === root ? tree : root, "seawall");
    const args = [
      seawall,
      "run",
      isPath(name) ? file : name,
      "--topology",
      topology,
      "--substrate",
      substrate,
      "--seed",
      String(seed),
      "--force",
      "--out",
      folder,
    ];
    const problem = await runCommand(
      { command: "sh", args },
      join(this.#temporary, "run.log"),
      runMsMax,
      signal,
    );
    if (signal.aborted) throw signal.reason;
    if (problem !== null) stderr.write(`baseline ${name}: ${problem.split("; ")[0] ?? problem}\n`);
  }

  async #checkedOut({ root, commit }: Repository, name: string): Promise<string> {
    const known = this.#trees.get(root);
    if (known !== undefined) return known;
    const tree = join(this.#temporary, `tree-${this.#trees.size + 1}`);
    const { problem } = await git(
      root,
      join(this.#temporary, "git.log"),
      "worktree",
      "add",
      "--detach",
      "--quiet",
      tree,
      commit,
    );
    if (problem !== null)
      throw new SeawallError(
        "OUTPUT_NOT_WRITABLE",
        `${this.label} cannot be checked out: ${problem}`,
        { hint: "Run `git worktree prune` and check that the disk is not full." },
      );
    this.#trees.set(root, tree);
    if (root === this.#context.root) lendPackages(root, tree, "node_modules/.seawall-stamp");
    else
      for (const folder of foldersUp(dirname(relative(root, fileOf(this.#context, name)))))
        lendPackages(join(root, folder), join(tree, folder), "package-lock.json");
    return tree;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [root, tree] of this.#trees)
      await git(root, join(this.#temporary, "git.log"), "worktree", "remove", "--force", tree);
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** For `a/b`: `a/b`, `a` and the root itself. */
function foldersUp(folder: string): string[] {
  return folder === "." ? ["."] : [folder, ...foldersUp(dirname(folder))];
}

/**
 * The installed packages serve a commit with the same lock file; any other one installs its own.
 */
function lendPackages(root: string, tree: string, stamp: string): void {
  const [packages, installed, required] = [
    join(root, "node_modules"),
    join(root, stamp),
    join(tree, "package-lock.json"),
  ];
  const both = existsSync(installed) && existsSync(required);
  const isSame = both
    ? readFileSync(installed).equals(readFileSync(required))
    : existsSync(installed) === existsSync(required);
  if (isSame && existsSync(packages) && existsSync(tree))
    symlinkSync(packages, join(tree, "node_modules"), "dir");
}

/** An old commit may first have to obtain tools and dependencies. */
const runMsMax = 30 * 60_000;

/** Its output goes to the log, which is truncated each time. */
async function git(
  folder: string,
  log: string,
  ...args: readonly string[]
): Promise<{ readonly problem: string | null; readonly output: string }> {
  rmSync(log, { force: true });
  const problem = await runCommand({ command: "git", args: ["-C", folder, ...args] }, log, 120_000);
  return { problem, output: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

/**
 * Folders of all its runs with every defence on. The given folder may be a run, hold runs, or hold
 * folders of runs.
 */
function recorded(folder: string, { experiment, topology, substrate }: BaselineQuery): string[] {
  const inside = (path: string): string[] => foldersIn(path).map((name) => join(path, name));
  return [folder, ...inside(folder), ...inside(folder).flatMap(inside)]
    .sort()
    .filter((directory) => {
      const plan = jsonIn(join(directory, files.plan)) as
        | {
            experiment?: unknown;
            topology?: unknown;
            substrate?: unknown;
            without?: unknown[];
            scale?: unknown;
          }
        | null
        | undefined;
      return (
        plan?.experiment === experiment &&
        plan.topology === topology &&
        plan.substrate === substrate &&
        plan.without?.length === 0 &&
        (plan.scale ?? 1) === 1
      );
    });
}

/** Judges each record once with today's code; its verdict.json is ignored. */
class JudgedRuns {
  readonly #context: Context;
  readonly #known = new Map<string, JudgedRun>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** The newest held runs; the others are named. */
  async of(folder: string, query: BaselineQuery): Promise<BaselineRuns> {
    const held: Run[] = [],
      refuted: Run[] = [],
      leftOut: string[] = [];
    for (const directory of recorded(folder, query).reverse()) {
      const { run, why, status } = await this.#in(directory);
      if (run !== null && status === "held") held.push(run);
      else leftOut.push(why);
      if (run !== null && status === "refuted" && run.damage.length === 0) refuted.push(run);
      if (held.length === runsMax) break;
    }
    return { held: held.reverse(), refuted, leftOut };
  }

  async #in(directory: string): Promise<JudgedRun> {
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    const judged = await judgedIn(directory);
    if (judged.status !== "held")
      this.#context.stderr.write(
        `baseline: ${oneLine(directory)} is skipped: ${oneLine(judged.why)}\n`,
      );
    this.#known.set(directory, judged);
    return judged;
  }
}

/** `run` is null if the record cannot be read. */
interface JudgedRun {
  readonly run: Run | null;
  readonly status: Status;
  readonly why: string;
}

async function judgedIn(directory: string): Promise<JudgedRun> {
  try {
    const run = await readRun(directory);
    const { status, why } = judgeRecord(run);
    return {
      run,
      status,
      why:
        status === "held"
          ? why
          : `${status}: ${run.damage.length === 0 ? why : run.damage.join("; ")}`,
    };
  } catch (error) {
    if (!(error instanceof SeawallError)) throw error;
    return { run: null, status: "inconclusive", why: error.message };
  }
}

/** More runs need memory and add little. */
const runsMax = 10;
