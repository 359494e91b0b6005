/**
 * The external programs that a run needs, as the rest of the harness sees them: path and start
 * command.
 */

/** Tools of the harness, or of any target. A target brings the recipes of others. */
const own = ["node", "k6", "toxiproxy", "nginx", "faketime"] as const;
export type OwnToolName = (typeof own)[number];
export type ToolName = string;

/** The harness uses these itself. */
export const toolsOfHarness: readonly ToolName[] = own;

/**
 * A program that a user's own target brings. Seawall takes it from this machine, else from Debian's
 * packages, which it unpacks into its cache.
 */
export interface TargetTool {
  /** Its file, where that has another name than the tool. */
  readonly program?: string;
  /** Debian's package, where that has another name than the program. */
  readonly debian?: string;
  /** The arguments with which it prints its version: `["--version"]` by default. */
  readonly versionArgs?: readonly string[];
  /** The oldest accepted version, such as `7.0`. */
  readonly atLeast: string;
  /** The first version that is too new. */
  readonly below?: string;
}

const known = new Set<ToolName>(own);

/** Adds the names of tools whose recipes a target brought. */
export function nameTools(names: readonly ToolName[]): void {
  for (const name of names) known.add(name);
}

/** The names that a target may use. */
export function toolNames(): readonly ToolName[] {
  return [...known];
}

/** In the order of lookup. */
export type ToolSource = "environment" | "path" | "cache" | "download" | "registry";

/** A tool on this machine that started successfully. */
export interface Tool {
  readonly name: ToolName;
  /** As the tool reports it, for example `2.2.0`. */
  readonly version: string;
  readonly source: ToolSource;
  /** The program to execute; for a tool that needs an interpreter, the interpreter. */
  readonly executable: string;
  /** The tool's own folder, such as its jars or the root of an extracted package tree. */
  readonly directory: string;
  /** Set for the tool's own processes only, for example LD_LIBRARY_PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Arguments that precede all others on this machine, such as a module path. */
  readonly args: readonly string[];
  /** Other programs of the same package by name, for example `ffprobe`. */
  readonly companions: Readonly<Record<string, string>>;
}

export type Tools = Readonly<Record<OwnToolName, Tool>> & Readonly<Record<ToolName, Tool>>;
