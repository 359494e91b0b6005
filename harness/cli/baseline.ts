/**
 * What a gate compares with: a folder of runs, or a git ref, which is checked out beside the work and run with its own code on this machine,
 * because figures of another machine say nothing about this one.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SeawallError } from "../core/errors.ts";
import type { Run } from "../core/run.ts";
import { readRun } from "../run/read-run.ts";
import { files } from "../run/run-directory.ts";
import { runCommand } from "../system/command.ts";
import { foldersIn, jsonIn, makeFolders } from "../system/files.ts";
import type { Context } from "./context.ts";

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
  /** Only runs that held with every defence on; empty when there are none. Makes them first where it can. */
  runs(query: BaselineQuery): Promise<Run[]>;
}

export async function openBaseline(context: Context, named: string, out: string, options: { readonly runs: number; readonly seed: number }): Promise<Baseline> {
  const folder = resolve(context.cwd, named);
  if (existsSync(folder)) return { label: named, runs: (query) => heldRuns(folder, query), [Symbol.asyncDispose]: async () => {} };
  const log = join(mkdtempSync(join(tmpdir(), "seawall-baseline-")), "git.log");
  const commit = await git(context, log, "rev-parse", "--verify", "--quiet", "--end-of-options", `${named}^{commit}`);
  if (commit.problem !== null) {
    rmSync(join(log, ".."), { recursive: true, force: true });
    throw new SeawallError("UNKNOWN_NAME", `the baseline ${named} is neither a folder nor a git ref of this project`, { hint: "Name a folder with runs in it, or a branch, tag or commit." });
  }
  return new RefBaseline(context, named, commit.output.trim().split("\n").at(-1) ?? "", join(out, "baseline"), join(log, ".."), options);
}

/** Runs the commit's own code in a work tree of its own. */
class RefBaseline implements Baseline {
  readonly label: string;
  readonly #context: Context;
  readonly #commit: string;
  readonly #folder: string;
  readonly #temporary: string;
  readonly #options: { readonly runs: number; readonly seed: number };
  #tree: string | null = null;

  constructor(context: Context, named: string, commit: string, folder: string, temporary: string, options: { readonly runs: number; readonly seed: number }) {
    this.label = `${named} (${commit.slice(0, 12)})`;
    this.#context = context;
    this.#commit = commit;
    this.#folder = join(folder, commit.slice(0, 12));
    this.#temporary = temporary;
    this.#options = options;
  }

  async runs(query: BaselineQuery): Promise<Run[]> {
    const before = recorded(this.#folder, query);
    // Each gets another seed; one that did not hold is not made up for, and one that left no record could not be started.
    for (let made = before.filter((run) => run.held).length, count = before.length; made < this.#options.runs; made++) {
      await this.#make(query, (this.#options.seed + made) % 2 ** 32);
      if (recorded(this.#folder, query).length === count++) break;
    }
    return heldRuns(this.#folder, query);
  }

  async #make({ name, topology, substrate }: BaselineQuery, seed: number): Promise<void> {
    const { signal, stderr } = this.#context;
    const tree = await this.#checkedOut();
    if (!existsSync(join(tree, "experiments", `${name}.ts`)) && !name.endsWith(".ts")) return;
    stderr.write(`baseline ${name} at ${this.label}, seed ${seed}\n`);
    makeFolders(this.#folder);
    const problem = await runCommand({ command: "sh", args: [join(tree, "seawall"), "run", name.endsWith(".ts") ? resolve(this.#context.cwd, name) : name, "--topology", topology, "--substrate", substrate, "--seed", String(seed), "--force", "--out", this.#folder] },
      join(this.#temporary, "run.log"), runMsMax, signal);
    if (signal.aborted) throw signal.reason;
    if (problem !== null) stderr.write(`baseline ${name}: ${problem.split("; ")[0] ?? problem}\n`);
  }

  async #checkedOut(): Promise<string> {
    if (this.#tree !== null) return this.#tree;
    const tree = join(this.#temporary, "tree");
    const { problem } = await git(this.#context, join(this.#temporary, "git.log"), "worktree", "add", "--detach", "--quiet", tree, this.#commit);
    if (problem !== null) throw new SeawallError("OUTPUT_NOT_WRITABLE", `${this.label} cannot be checked out: ${problem}`, { hint: "Run `git worktree prune` and look whether the disk is full." });
    this.#tree = tree;
    lendPackages(this.#context.root, tree);
    return tree;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#tree !== null) await git(this.#context, join(this.#temporary, "git.log"), "worktree", "remove", "--force", this.#tree);
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** What is installed here serves a commit that locks the same packages; any other one installs its own. */
function lendPackages(root: string, tree: string): void {
  const [installed, wanted] = [join(root, "node_modules/.seawall-stamp"), join(tree, "package-lock.json")];
  if (existsSync(installed) && existsSync(wanted) && readFileSync(installed).equals(readFileSync(wanted))) symlinkSync(join(root, "node_modules"), join(tree, "node_modules"), "dir");
}

/** Tools and dependencies of an old commit may have to be got first. */
const runMsMax = 30 * 60_000;

/** Its output stands in the log, which is begun anew each time. */
async function git(context: Context, log: string, ...args: readonly string[]): Promise<{ readonly problem: string | null; readonly output: string }> {
  rmSync(log, { force: true });
  const problem = await runCommand({ command: "git", args: ["-C", context.root, ...args] }, log, 120_000);
  return { problem, output: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

interface Recorded { readonly directory: string; readonly held: boolean }

/** Every run of it with all defences on. The folder itself may be a run, or hold runs, or hold folders of runs. */
function recorded(folder: string, { experiment, topology, substrate }: BaselineQuery): Recorded[] {
  const inside = (path: string): string[] => foldersIn(path).map((name) => join(path, name));
  return [folder, ...inside(folder), ...inside(folder).flatMap(inside)].sort().flatMap((directory) => {
    const plan = jsonIn(join(directory, files.plan)) as { experiment?: unknown; topology?: unknown; substrate?: unknown; without?: unknown[]; scale?: unknown } | null | undefined;
    const verdict = jsonIn(join(directory, files.verdict)) as { status?: unknown } | null | undefined;
    const wanted = plan?.experiment === experiment && plan.topology === topology && plan.substrate === substrate && plan.without?.length === 0 && (plan.scale ?? 1) === 1;
    return wanted ? [{ directory, held: verdict?.status === "held" }] : [];
  });
}

async function heldRuns(folder: string, query: BaselineQuery): Promise<Run[]> {
  const held = recorded(folder, query).filter((run) => run.held);
  return Promise.all(held.slice(-runsMax).map(({ directory }) => readRun(directory)));
}

/** The newest ones: more cost memory and tell little. */
const runsMax = 10;
