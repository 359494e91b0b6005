/**
 * What a gate compares with: a folder of runs, or a git ref, which is checked out beside the work and run with its own code on this machine,
 * because figures of another machine say nothing about this one.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { exitCodes, SeawallError } from "../core/errors.ts";
import type { Run } from "../core/run.ts";
import { readRun } from "../run/read-run.ts";
import { files } from "../run/run-directory.ts";
import { runCommand } from "../system/command.ts";
import { makeFolders } from "../system/files.ts";
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
    let held = await heldRuns(this.#folder, query);
    // Each gets another seed; one that did not hold is not made up for.
    for (let made = held.length; made < this.#options.runs; made++) if (!(await this.#make(query, (this.#options.seed + made) % 2 ** 32))) break;
    held = await heldRuns(this.#folder, query);
    return held;
  }

  async #make({ name, topology, substrate }: BaselineQuery, seed: number): Promise<boolean> {
    const { signal, stderr } = this.#context;
    const tree = await this.#checkedOut();
    if (!existsSync(join(tree, "experiments", `${name}.ts`)) && !name.endsWith(".ts")) return false;
    stderr.write(`baseline ${name} at ${this.label}, seed ${seed}\n`);
    makeFolders(this.#folder);
    const problem = await runCommand({ command: "sh", args: [join(tree, "seawall"), "run", name.endsWith(".ts") ? resolve(this.#context.cwd, name) : name, "--topology", topology, "--substrate", substrate, "--seed", String(seed), "--force", "--out", this.#folder] },
      join(this.#temporary, "run.log"), runMsMax, signal);
    if (signal.aborted) throw signal.reason;
    if (problem !== null) stderr.write(`baseline ${name}: ${problem.split("; ")[0] ?? problem}\n`);
    // What it came to is in its record; only a run that could not even be started leaves none.
    return problem === null || problem.includes(`status ${exitCodes.inconclusive}`) || problem.includes(`status ${exitCodes.refuted}`);
  }

  async #checkedOut(): Promise<string> {
    if (this.#tree !== null) return this.#tree;
    const tree = join(this.#temporary, "tree");
    const { problem } = await git(this.#context, join(this.#temporary, "git.log"), "worktree", "add", "--detach", "--quiet", tree, this.#commit);
    if (problem !== null) throw new SeawallError("OUTPUT_NOT_WRITABLE", `${this.label} cannot be checked out: ${problem}`, { hint: "Run `git worktree prune` and look whether the disk is full." });
    this.#tree = tree;
    return tree;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#tree !== null) await git(this.#context, join(this.#temporary, "git.log"), "worktree", "remove", "--force", this.#tree);
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** Tools and dependencies of an old commit may have to be got first. */
const runMsMax = 30 * 60_000;

/** Its output stands in the log, which is begun anew each time. */
async function git(context: Context, log: string, ...args: readonly string[]): Promise<{ readonly problem: string | null; readonly output: string }> {
  rmSync(log, { force: true });
  const problem = await runCommand({ command: "git", args: ["-C", context.root, ...args] }, log, 120_000);
  return { problem, output: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

/** The folder itself may be a run, or hold runs, or hold folders of runs. */
async function heldRuns(folder: string, { experiment, topology, substrate }: BaselineQuery): Promise<Run[]> {
  const found = [folder, ...inside(folder), ...inside(folder).flatMap(inside)].filter((path) => existsSync(join(path, files.plan)));
  const wanted = found.filter((path) => {
    const plan = jsonIn(join(path, files.plan)) as { experiment?: unknown; topology?: unknown; substrate?: unknown; without?: unknown[]; scale?: unknown } | null;
    const verdict = jsonIn(join(path, files.verdict)) as { status?: unknown } | null;
    return plan?.experiment === experiment && plan.topology === topology && plan.substrate === substrate && plan.without?.length === 0 && (plan.scale ?? 1) === 1 && verdict?.status === "held";
  });
  return Promise.all(wanted.sort().slice(-runsMax).map((path) => readRun(path)));
}

/** The newest ones: more cost memory and tell little. */
const runsMax = 10;

function inside(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
