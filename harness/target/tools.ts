/**
 * The outside programs that a run needs, as the rest of the harness sees them: where one lies and
 * how to start it.
 */

/**
 * Those that the harness itself needs, or that any target may; a target brings the recipes of
 * others.
 */
const own = ["node", "k6", "toxiproxy", "nginx", "faketime"] as const;
export type OwnToolName = (typeof own)[number];
export type ToolName = string;

const known = new Set<ToolName>(own);

/** Targets may ask for these, too: somebody brought their recipes. */
export function nameTools(names: readonly ToolName[]): void {
  for (const name of names) known.add(name);
}

/** Those that a target may ask for. */
export function toolNames(): readonly ToolName[] {
  return [...known];
}

/** In the order in which they are looked for. */
export type ToolSource = "environment" | "path" | "cache" | "download" | "registry";

/** A tool that is on this machine and was seen to start. */
export interface Tool {
  readonly name: ToolName;
  /** As the tool itself says it, for example `2.2.0`. */
  readonly version: string;
  readonly source: ToolSource;
  /** The program to execute: of what runs on another one, that one. */
  readonly executable: string;
  /**
   * The folder that belongs to the tool, for example its jars or the root of an extracted package
   * tree.
   */
  readonly directory: string;
  /** Set for the tool's own processes only, for example LD_LIBRARY_PATH. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Arguments that the tool needs on this machine before any others, for example where its modules
   * are.
   */
  readonly args: readonly string[];
  /** Companion programs of the same package by name, for example `ffprobe`. */
  readonly companions: Readonly<Record<string, string>>;
}

export type Tools = Readonly<Record<OwnToolName, Tool>> & Readonly<Record<ToolName, Tool>>;
