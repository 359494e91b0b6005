/**
 * The baseline of a gate: a folder of runs, or a git ref. A ref is checked out next to the work
 * tree and run with its own code on this machine. Figures of another machine are not
 * comparable. Every record is judged again: a stored verdict is no evidence.
 */
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { Run } from "../record/run.ts";
import type { Status } from "../record/verdict.ts";
import { oneLine } from "../report/plain.ts";
import { readRun } from "../run/read-run.ts";
import { files } from "../run/run-directory.ts";
import { runFoldersIn } from "../run/run-folders.ts";
import { runCommand } from "../system/command.ts";
import { jsonIn, makeFolders } from "../system/files.ts";
import type { Context } from "./context.ts";
import { fileOf, isCatalogued } from "./experiment-files.ts";
import {
  checkOut,
  fileIn,
  givePackages,
  lendOwnPackages,
  removeTree,
  type Repository,
  repositoryOf,
} from "./experiment-repository.ts";
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
  readonly allowHosts: readonly string[];
  readonly allowContexts: readonly string[];
}

export async function openBaseline(
  context: Context,
  named: string,
  out: string,
  options: BaselineOptions,
): Promise<Baseline> {
  const starts = [context.cwd, context.project?.folder ?? context.cwd];
  const folder = starts.map((start) => resolve(start, named)).find((path) => existsSync(path));
  if (folder !== undefined) {
    const judging = new JudgedRuns(context);
    return {
      label: named,
      runs: (query) => judging.of(folder, query),
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const temporary = mkdtempSync(join(tmpdir(), "seawall-baseline-"));
  try {
    const repositories = new Map<string, Repository>();
    for (const name of options.names)
      repositories.set(name, await repositoryOf(context, name, named));
    return new RefBaseline(context, named, repositories, join(out, "baseline"), temporary, options);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Runs the commit's own code in a separate work tree. */
class RefBaseline implements Baseline {
  readonly label: string;
  readonly #context: Context;
  /** By the name of the experiment. */
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
    this.label = `${named} (${[...new Set(commits)].join(", ")})`;
    this.#context = context;
    this.#repositories = repositories;
    this.#folder = folder;
    this.#temporary = temporary;
    this.#options = options;
    this.#judging = new JudgedRuns(context);
  }

  async runs(query: BaselineQuery): Promise<BaselineRuns> {
    const repository = this.#repositories.get(query.name);
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
    const own = !isCatalogued(this.#context, name);
    const file = own
      ? fileIn(tree, this.#context, name, repository)
      : join(tree, "experiments", `${name}.ts`);
    if (!existsSync(file)) {
      stderr.write(`baseline ${name}: there is no such experiment at ${this.label}\n`);
      return;
    }
    stderr.write(`baseline ${name} at ${this.label}, seed ${seed}\n`);
    makeFolders(folder);
    // A commit of Seawall runs its own code; a user's own target is run by today's harness.
    const seawall = join(repository.root === root ? tree : root, "seawall");
    const args = [
      seawall,
      "run",
      own ? file : name,
      "--topology",
      topology,
      "--substrate",
      substrate,
      "--seed",
      String(seed),
      "--force",
      "--out",
      folder,
      ...this.#options.allowHosts.flatMap((host) => ["--allow-host", host]),
      ...this.#options.allowContexts.flatMap((context) => ["--allow-context", context]),
    ];
    // Where the user stands, but in that commit: its own configuration is read.
    const within = relative(realpathSync(repository.root), this.#context.cwd);
    const there = within.startsWith("..") ? tree : join(tree, within);
    const problem = await runCommand(
      { command: "sh", args, ...(own && existsSync(there) ? { cwd: there } : {}) },
      join(this.#temporary, "run.log"),
      runMsMax,
      signal,
    );
    if (signal.aborted) throw signal.reason;
    if (problem !== null) stderr.write(`baseline ${name}: ${problem.split("; ")[0] ?? problem}\n`);
  }

  async #checkedOut(repository: Repository, name: string): Promise<string> {
    const { root } = repository;
    const known = this.#trees.get(root);
    const tree = known ?? join(this.#temporary, `tree-${this.#trees.size + 1}`);
    if (known === undefined) {
      await checkOut(repository, tree, this.label);
      this.#trees.set(root, tree);
    }
    if (root === this.#context.root) lendOwnPackages(root, tree);
    else {
      await givePackages(
        repository,
        tree,
        dirname(fileOf(this.#context, name)),
        this.label,
        this.#context.signal,
      );
    }
    return tree;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [root, tree] of this.#trees) await removeTree(root, tree);
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** An old commit may first have to obtain tools and dependencies. */
const runMsMax = 30 * 60_000;

/** Folders of all its runs with every defence on. */
function recorded(folder: string, { experiment, topology, substrate }: BaselineQuery): string[] {
  return runFoldersIn(folder).filter((directory) => {
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
