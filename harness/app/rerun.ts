/** The command that repeats a run, as a shell takes it where the user stands now. */
import { isAbsolute, join, resolve } from "node:path";
import type { SubstrateName } from "../record/substrates.ts";
import type { Context } from "./context.ts";

/**
 * Of the variables of Seawall those that change nothing about a run, that a flag says, or that
 * Seawall sets itself.
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

/** One word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
