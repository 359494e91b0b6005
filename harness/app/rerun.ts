/** The command that repeats a run, for a shell in the user's current folder. */
import { isAbsolute, join, resolve } from "node:path";
import type { SubstrateName } from "../record/substrates.ts";
import type { Context } from "./context.ts";

/**
 * Variables of Seawall that do not affect a run, that an option replaces, or that Seawall sets
 * itself.
 */
const incidental = [
  "CACHE",
  "REPORTS",
  "SUBSTRATE",
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
  readonly without: readonly string[];
  readonly allowHosts: readonly string[];
  readonly force: boolean;
}

export function rerunCommand(
  { root, cwd, env }: Pick<Context, "root" | "cwd" | "env">,
  name: string,
  run: Rerun,
): string {
  const switches = Object.entries(env).flatMap(([key, value]) =>
    /^SEAWALL_[A-Z0-9_]+$/.test(key) && value && !incidental.includes(key.slice("SEAWALL_".length))
      ? [`${key}=${quoted(value)}`]
      : [],
  );
  const isPath = name.includes("/") || name.endsWith(".ts");
  return [
    ...switches.sort(),
    cwd === root ? "./seawall" : quoted(join(root, "seawall")),
    "run",
    quoted(isPath && !isAbsolute(name) ? resolve(cwd, name) : name),
    "--seed",
    String(run.seed),
    "--substrate",
    run.substrate,
    ...(run.topology === null ? [] : ["--topology", quoted(run.topology)]),
    ...(run.scale === 1 ? [] : ["--scale", String(run.scale)]),
    ...run.without.flatMap((defence) => ["--without", quoted(defence)]),
    ...run.allowHosts.flatMap((host) => ["--allow-host", quoted(host)]),
    ...(run.force ? ["--force"] : []),
  ].join(" ");
}

/** Quotes one word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
