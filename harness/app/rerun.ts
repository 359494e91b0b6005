/** The command that repeats a run, for a shell in the user's current folder. */
import { join, relative, resolve } from "node:path";
import type { Runners } from "../record/runners.ts";
import type { SubstrateName } from "../record/substrates.ts";
import { settings } from "../settings/settings.ts";
import type { Context } from "./context.ts";
import { isPath } from "./experiment-files.ts";
import { isInstalled } from "./project.ts";

/**
 * Variables of Seawall that do not affect a run, that an option replaces, or that Seawall sets
 * itself.
 */
const incidental: readonly (string | undefined)[] = [
  ...Object.values(settings).map(({ env }) => env?.slice("SEAWALL_".length)),
  "CACHE",
  "ROOT",
  "NODE",
  "RUN",
  "LOAD",
  "STDOUT_FD",
  "CONTROL_TOKEN",
  "TEST",
  "MUST_TELL",
  "BASE",
  "WITHOUT",
];

export interface Rerun {
  readonly seed: number;
  readonly substrate: SubstrateName;
  readonly topology: string | null;
  readonly scale: number;
  readonly runners?: Runners | null;
  readonly without: readonly string[];
  readonly allowHosts: readonly string[];
  readonly force: boolean;
}

export function rerunCommand(
  context: Pick<Context, "root" | "cwd" | "env" | "project">,
  name: string,
  run: Rerun,
): string {
  const switches = Object.entries(context.env).flatMap(([key, value]) =>
    /^SEAWALL_[A-Z0-9_]+$/.test(key) && value && !incidental.includes(key.slice("SEAWALL_".length))
      ? [`${key}=${quoted(value)}`]
      : [],
  );
  return [
    ...switches.sort(),
    program(context),
    "run",
    quoted(isPath(name) ? pathFor(context, resolve(context.cwd, name)) : name),
    "--seed",
    String(run.seed),
    "--substrate",
    run.substrate,
    ...(run.topology === null ? [] : ["--topology", quoted(run.topology)]),
    ...(run.scale === 1 ? [] : ["--scale", String(run.scale)]),
    ...(run.runners == null ? [] : ["--runners", `${run.runners.place}:${run.runners.count}`]),
    ...run.without.flatMap((defence) => ["--without", quoted(defence)]),
    ...run.allowHosts.flatMap((host) => ["--allow-host", quoted(host)]),
    ...(run.force ? ["--force"] : []),
  ].join(" ");
}

/** A package is run by npx, which finds it from the user's own folder and below. */
function program({ root, cwd }: Pick<Context, "root" | "cwd">): string {
  if (isInstalled(root)) return "npx seawall";
  return cwd === root ? "./seawall" : quoted(join(root, "seawall"));
}

/** A report travels: from the user's own folder its paths hold on any machine. */
function pathFor({ root, cwd, project }: Pick<Context, "root" | "cwd" | "project">, path: string) {
  const start = isInstalled(root) ? (project?.folder ?? cwd) : null;
  const within = start === null ? null : relative(start, path);
  return within === null || within.startsWith("..") ? path : `./${within}`;
}

/** Quotes one word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
