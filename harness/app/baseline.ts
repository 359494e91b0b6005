/**
 * What a gate compares with: a folder of runs, or a git ref, which is checked out beside the work
 * and run with its own code on this machine, because figures of another machine say nothing about
 * this one. Every record is judged again: a stored verdict vouches for nothing.
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

/** The runs of one experiment that new ones are compared with. */
export interface BaselineQuery {
  /** As the user named it: from the catalogue, or a path. */
  readonly name: string;
  readonly experiment: string;
  readonly topology: string;
  readonly substrate: string;
}

export interface Baseline extends AsyncDisposable {
  /** For people: the folder, or the ref and its commit. */
  readonly label: string;
  /** Runs with every defence on. Makes them first where it can. */
  runs(query: BaselineQuery): Promise<BaselineRuns>;
}

/** What a baseline has of one experiment. */
export interface BaselineRuns {
  readonly held: readonly Run[];
  /** Of those that are skipped: what each came to, in one line. */
  readonly leftOut: readonly string[];
  /** Sound records of runs that were refuted. */
  readonly refuted: readonly Run[];
}

/** `names`: the experiments that will be asked for, as the user named them. */
export interface BaselineOptions {
  readonly runs: number;
  readonly seed: number;
  readonly names: readonly string[];
  readonly allowHosts: readonly string[];
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
    const repositories = new Map<string, Repository>();
    for (const name of options.names)
      repositories.set(name, await repositoryOf(context, name, named));
    return new RefBaseline(context, named, repositories, join(out, "baseline"), temporary, options);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Runs the commit's own code in a work tree of its own. */
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
    // Each gets another seed; one that did not hold is not made up for, and one that left no record
    // could not be started.
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
    // Seawall's own commit is run by itself; a target of one's own is run by today's harness.
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

/** Tools and dependencies of an old commit may have to be got first. */
const runMsMax = 30 * 60_000;

/** Folders of every run of it with all defences on. */
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

/** Judges each record once, by today's code: what its verdict.json says counts for nothing. */
class JudgedRuns {
  readonly #context: Context;
  readonly #known = new Map<string, JudgedRun>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** The newest ones that held; the others are named. */
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

/** `run` is null where the record cannot be read. */
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

/** More cost memory and tell little. */
const runsMax = 10;
