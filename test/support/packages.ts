/** Both packages as tarballs, installed as a user would, on the Node that a test names. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../harness/run/cache-folder.ts";

export const root = resolve(import.meta.dirname, "../..");

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A user's shell: Node of this version comes first in its PATH. */
export async function typed(
  nodeFolder: string,
  cwd: string,
  command: string,
  ...args: readonly string[]
): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(SEAWALL_(?!CACHE)|npm_|INIT_CWD|NODE_COMPILE_CACHE)/.test(name),
    ),
  );
  const options = {
    cwd,
    env: { ...env, SEAWALL_SUBSTRATE: "process", PATH: `${nodeFolder}:${env["PATH"] ?? ""}` },
    maxBuffer: 64 * 1024 * 1024,
  };
  try {
    return { exitCode: 0, ...(await promisify(execFile)(command, args, options)) };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as Partial<Ended> & { code?: unknown };
    if (typeof code !== "number") throw error;
    return { exitCode: code, stdout, stderr };
  }
}

/** The same where it must end well. */
export async function well(...typing: Parameters<typeof typed>): Promise<Ended> {
  const ended = await typed(...typing);
  if (ended.exitCode === 0) return ended;
  throw new Error(`${typing.slice(2).join(" ")}\n${ended.stdout}${ended.stderr}`);
}

/** The folder of a Node of this version: the checkout's own, or one that npm brings. */
export async function nodeOf(version: string): Promise<string> {
  const own = dirname(process.execPath);
  if (process.version === `v${version}`) return own;
  const folder = join(cacheFolder(process.env), `node-${version}`);
  const binary = join(folder, "node_modules/node/bin/node");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    await well(own, folder, "npm", "install", "--prefer-offline", `node@${version}`);
    // npm may be configured not to run install scripts, and Node arrives by one.
    if (!existsSync(binary))
      await well(
        own,
        join(folder, "node_modules/node"),
        process.execPath,
        "installArchSpecificPackage.js",
      );
  }
  return dirname(binary);
}

export interface Tarballs {
  readonly seawall: string;
  readonly create: string;
  /** The folder of which the first one was made. */
  readonly folder: string;
}

/** Builds and packs both into the folder. */
export async function packed(folder: string): Promise<Tarballs> {
  const own = dirname(process.execPath);
  await well(own, root, process.execPath, "packages/build.ts", folder);
  for (const name of ["seawall", "create-seawall"])
    await well(own, folder, "npm", "pack", `./${name}`);
  const tarball = (pattern: RegExp): string =>
    join(folder, readdirSync(folder).find((name) => pattern.test(name)) ?? "");
  return {
    seawall: tarball(/^seawall-.*\.tgz$/),
    create: tarball(/^create-seawall-.*\.tgz$/),
    folder: join(folder, "seawall"),
  };
}

/** An empty folder with the package in it, under git. */
export async function installed(folder: string, tarball: string): Promise<void> {
  const own = dirname(process.execPath);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "mine", private: true, type: "module" }),
  );
  writeFileSync(join(folder, ".gitignore"), "node_modules/\nreports/\n");
  await well(own, folder, "npm", "install", "--prefer-offline", "--save-dev", tarball);
  await well(own, folder, "git", "init", "--quiet");
}

export async function committed(folder: string, message: string): Promise<string> {
  const who = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
  const git = (...args: string[]): Promise<Ended> =>
    well(dirname(process.execPath), folder, "git", ...args);
  await git("add", "--all");
  await git(...who, "commit", "--quiet", "--message", message);
  return (await git("rev-parse", "HEAD")).stdout.trim();
}

/** The verdict that the last line of `--json` is. */
export function verdictIn({ stdout }: Ended): {
  readonly status: string;
  readonly why: string;
  readonly experiment: string;
  readonly runId: string;
} {
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

export const textOf = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");
