/** Asks git about a folder. */
import { ChildFailed, run } from "./child.ts";

export interface Answer {
  readonly output: string;
  /** Null when git ended well, else its last line. */
  readonly problem: string | null;
}

const withinMs = 120_000;

/** `GIT_DIR` and the like, which a hook sets, would turn every folder into that hook's. */
export async function git(folder: string, ...args: readonly string[]): Promise<Answer> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE)$/.test(name)),
  );
  try {
    const { exitCode, stdout, stderr } = await run("git", ["-C", folder, ...args], {
      env,
      timeoutMs: withinMs,
    });
    const last = stderr.trim().split("\n").at(-1) || `it ended with status ${exitCode}`;
    return { output: stdout, problem: exitCode === 0 ? null : last };
  } catch (error) {
    if (!(error instanceof ChildFailed)) throw error;
    return { output: "", problem: error.message };
  }
}

export interface Commit {
  readonly commit: string;
  /** The branch that is checked out; null where none is. */
  readonly branch: string | null;
  /** Tracked files differ from the commit. */
  readonly changed: boolean;
}

/** What is checked out there; null outside a repository, without a commit, and without git. */
export async function checkedOut(folder: string): Promise<Commit | null> {
  const { output, problem } = await git(
    folder,
    "status",
    "--porcelain=v2",
    "--branch",
    "--untracked-files=no",
  );
  const headers = new Map(
    [...output.matchAll(/^# branch\.(\S+) (.*)$/gm)].map(([, key, value]) => [key, value]),
  );
  const commit = headers.get("oid");
  if (problem !== null || commit === undefined || !/^[0-9a-f]{7,}$/.test(commit)) return null;
  const branch = headers.get("head") ?? null;
  return {
    commit,
    branch: branch === "(detached)" ? null : branch,
    changed: /^[^#\s]/m.test(output),
  };
}
