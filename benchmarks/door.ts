/**
 * The time from an empty folder to a verdict: a simulated one on the reference backend, and a
 * real one on a user's own backend. The caches of npm, of Go and of Seawall are empty. Only tools
 * that the system itself has are found.
 *
 *     node_modules/.bin/node benchmarks/door.ts [simulated|real]     both without one
 *
 * Prints the table of docs/performance.md. The tarballs stand for a registry, so making them does
 * not count. Everything that was made is removed.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packed, root } from "../test/support/packages.ts";

const top = mkdtempSync(join(tmpdir(), "seawall-door-"));
const cache = join(top, "cache");
const env: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(SEAWALL_|npm_|INIT_CWD|NODE_COMPILE)/.test(name),
    ),
  ),
  PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
  SEAWALL_CACHE: join(cache, "seawall"),
  SEAWALL_SUBSTRATE: "process",
  npm_config_cache: join(cache, "npm"),
  GOPATH: join(cache, "go"),
  GOCACHE: join(cache, "go-build"),
};

interface Row {
  readonly what: string;
  readonly seconds: number;
}

interface Way {
  readonly title: string;
  readonly limitS: number;
  readonly rows: readonly Row[];
  readonly verdict: string;
}

/** Shows on standard error what it does. Resolves with the exit status and the seconds. */
async function typed(
  cwd: string,
  command: string,
  args: readonly string[],
  heard: (text: string) => void = () => {},
): Promise<{ readonly status: number; readonly seconds: number }> {
  process.stderr.write(`$ ${[command, ...args].join(" ")}\n`);
  const beganMs = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      process.stderr.write(text);
      heard(text);
    });
  const [status] = (await once(child, "close")) as [number | null];
  // A verdict is an end as good as any other; an installation that failed is none.
  if (status !== 0 && command !== "npx") throw new Error(`${command} ended with ${status}`);
  return { status: status ?? -1, seconds: (performance.now() - beganMs) / 1_000 };
}

async function folderOf(name: string): Promise<string> {
  const folder = join(top, name);
  mkdirSync(folder, { recursive: true });
  await typed(folder, "git", ["init", "--quiet"]);
  return folder;
}

const verdicts: Readonly<Record<number, string>> = { 0: "held", 1: "refuted", 2: "inconclusive" };
const verdictOf = (status: number): string => verdicts[status] ?? `exit status ${status}`;

async function simulated(create: string, seawall: string): Promise<Way> {
  const folder = await folderOf("reference");
  const made = await typed(folder, "npm", [
    "exec",
    "--yes",
    `--package=${create}`,
    "--",
    "create-seawall",
    "--seawall",
    `file:${seawall}`,
    "--yes",
  ]);
  const got = await typed(folder, "npm", ["install"]);
  const run = await typed(folder, "npx", [
    "seawall",
    "run",
    "first-storm",
    "--substrate",
    "simulated",
  ]);
  return {
    title: "simulated verdict on the reference backend",
    limitS: 60,
    rows: [
      { what: "`npm create seawall`", seconds: made.seconds },
      { what: "`npm install`", seconds: got.seconds },
      { what: "`npx seawall run first-storm --substrate simulated`", seconds: run.seconds },
    ],
    verdict: verdictOf(run.status),
  };
}

async function real(seawall: string): Promise<Way> {
  const folder = await folderOf("mylive");
  const beganMs = performance.now();
  cpSync(join(root, "examples/own-backend"), folder, { recursive: true });
  const copied = (performance.now() - beganMs) / 1_000;
  await typed(folder, "npm", ["init", "--yes", "--init-type=module"]);
  const got = await typed(folder, "npm", ["install", "--save-dev", seawall]);
  let deployingMs = performance.now();
  const startedMs = deployingMs;
  const run = await typed(folder, "npx", ["seawall", "run", "origin-storm"], (text) => {
    if (text.includes("deploying the target")) deployingMs = performance.now();
  });
  const toolsS = (deployingMs - startedMs) / 1_000;
  return {
    title: "real verdict on a user's own backend (`examples/own-backend/`)",
    limitS: 360,
    rows: [
      { what: "copy of the backend and its storms", seconds: copied },
      { what: "`npm install --save-dev seawall`", seconds: got.seconds },
      { what: "`npx seawall run origin-storm`: the plan, and all tools", seconds: toolsS },
      { what: "the same: target, storm and verdict", seconds: run.seconds - toolsS },
    ],
    verdict: verdictOf(run.status),
  };
}

function table({ title, limitS, rows, verdict }: Way): string {
  const total = rows.reduce((sum, { seconds }) => sum + seconds, 0);
  const line = (what: string, seconds: number): string => `| ${what} | ${seconds.toFixed(1)} s |`;
  return [
    `| to a ${title} | ${verdict} |`,
    "|---|---|",
    ...rows.map(({ what, seconds }) => line(what, seconds)),
    line(`**in all**, ${limitS} s at most`, total),
    "",
  ].join("\n");
}

try {
  const { seawall, create } = await packed(join(top, "packed"));
  const { stdout } = await promisify(execFile)("git", ["rev-parse", "--short", "HEAD"], {
    cwd: root,
  });
  const [asked] = process.argv.slice(2);
  const ways: Way[] = [];
  if (asked !== "real") ways.push(await simulated(create, seawall));
  if (asked !== "simulated") ways.push(await real(seawall));
  process.stdout.write(`At \`${stdout.trim()}\`:\n\n${ways.map(table).join("\n")}`);
} finally {
  // Go's module cache is read-only.
  await promisify(execFile)("chmod", ["-R", "u+w", top]);
  rmSync(top, { recursive: true, force: true });
}
