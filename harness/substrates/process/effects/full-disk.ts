/**
 * A size-limited folder for one service, so that its disk can be full while no other is. It is a
 * file system in memory, in a mount namespace of this service. It needs no root if the system
 * allows user namespaces. Its content is lost when the service ends, so a killed service returns
 * empty.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FaultOf } from "../../../faults/faults.ts";
import type { Impairment } from "../../../target/deployment.ts";
import type { Evidence } from "../../../target/evidence.ts";
import { runWell } from "../../../system/child.ts";
import type { ProcessEffect, Struck } from "../effect.ts";

/**
 * The files of a database in a run of some minutes fit; only written data uses memory.
 */
const volumeBytes = 1024 * 1024 * 1024;

/** Root stays root; other users get a user namespace that maps them to themselves. */
const namespaces: readonly (readonly string[])[] = [
  ["--mount"],
  ["--user", "--map-current-user", "--keep-caps", "--mount"],
];

type Namespaces = { readonly args: readonly string[] } | { readonly why: string };
let known: Namespaces | null = null;

export const effect: ProcessEffect<FaultOf<"fullDisk">> = {
  kind: "fullDisk",
  supported: () => {
    if (process.platform !== "linux") return "a folder of limited size needs Linux";
    const found = namespacesHere();
    return "args" in found ? true : found.why;
  },
  prepare: ({ command, args, env }, { directory }) => ({
    ...inQuotaVolume(directory, command, args),
    env,
  }),
  directoryOf: seenFromOutside,
  impose: (_fault, struck) => fill(struck),
};

function namespacesHere(): Namespaces {
  known ??= tryNamespaces();
  return known;
}

function tryNamespaces(): Namespaces {
  let why = "";
  for (const args of namespaces) {
    const tried = spawnSync(
      "unshare",
      [...args, "sh", "-c", "mount -t tmpfs -o size=4k seawall /tmp"],
      { encoding: "utf8", timeout: 5_000 },
    );
    if (tried.status === 0) return { args };
    why = (tried.error?.message ?? tried.stderr).trim().split("\n").at(-1) ?? "";
  }
  return {
    why: `a folder of limited size needs a mount namespace, which this system refuses: ${why}`,
  };
}

/**
 * The command that starts a service in its quota volume; the existing content of `directory` is
 * copied.
 */
function inQuotaVolume(
  directory: string,
  command: string,
  args: readonly string[],
): { command: string; args: readonly string[] } {
  const found = namespacesHere();
  if (!("args" in found)) throw new Error(found.why);
  const side = `${directory}.room`;
  mkdirSync(side, { recursive: true });
  const script =
    `set -e; mount -t tmpfs -o size=${volumeBytes},mode=0755 seawall "$2"; cp -a "$1/." "$2/"; ` +
    `mount --move "$2" "$1"; cd "$1"; shift 2; exec "$@"`;
  return {
    command: "unshare",
    args: [...found.args, "sh", "-c", script, "room", directory, side, command, ...args],
  };
}

/** The folder as seen by processes that do not share the service's mounts. */
function seenFromOutside({ pid, directory }: Struck): string {
  return `/proc/${pid}/root${directory}`;
}

/** Shrinks the volume to its content, and fills the rest of the last page. */
async function fill(struck: Struck): Promise<Impairment> {
  const outside = seenFromOutside(struck);
  const ballast = join(outside, ".seawall-ballast");
  await shrink(struck, outside);
  await topUp(ballast);
  return {
    observe: async () =>
      evidenceOf(outside, await writeProblem(outside), (problem) => problem === "ENOSPC"),
    undo: async () => {
      await resize(struck, volumeBytes);
      await rm(ballast, { force: true });
      return evidenceOf(outside, await writeProblem(outside), (problem) => problem === null);
    },
  };
}

/** The content may grow between the check and the remount, which then fails. */
async function shrink(struck: Struck, outside: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { bsize, blocks, bfree } = await statfs(outside);
    try {
      return await resize(struck, Math.max(1, blocks - bfree) * bsize);
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}

async function resize({ pid, directory }: Struck, bytes: number): Promise<void> {
  const own = namespacesHere();
  const user =
    "args" in own && own.args.includes("--user") ? ["--user", "--preserve-credentials"] : [];
  await runWell(
    "nsenter",
    [
      "--target",
      String(pid),
      ...user,
      "--mount",
      "mount",
      "-o",
      `remount,size=${bytes}`,
      directory,
    ],
    { timeoutMs: 5_000 },
  );
}

async function topUp(ballast: string): Promise<void> {
  await writeFile(ballast, randomBytes(4096), { flag: "a" }).then(
    () => topUp(ballast),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOSPC") throw error;
    },
  );
}

/** Null if a byte can be written there, otherwise the error's code. */
async function writeProblem(folder: string): Promise<string | null> {
  const path = join(folder, `.seawall-look-${randomBytes(4).toString("hex")}`);
  try {
    await writeFile(path, "x");
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    await rm(path, { force: true });
  }
}

function evidenceOf(
  folder: string,
  problem: string | null,
  good: (problem: string | null) => boolean,
): Evidence {
  return {
    landed: good(problem),
    observation:
      problem === null ? `a write to ${folder} succeeds` : `a write to ${folder} fails: ${problem}`,
  };
}
