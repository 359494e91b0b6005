/** The outside programs that a run needs, as the rest of the harness sees them: where one lies and how to start it. */

export const toolNames = [
  "node",
  "k6",
  "toxiproxy",
  "cassandra",
  "memcached",
  "varnish",
  "nginx",
  "ffmpeg",
  "faketime",
] as const;
export type ToolName = (typeof toolNames)[number];

/** In the order in which they are looked for. */
export type ToolSource = "environment" | "path" | "cache" | "download" | "registry";

/** A tool that is on this machine and was seen to start. */
export interface Tool {
  readonly name: ToolName;
  /** As the tool itself says it, for example `2.2.0`. */
  readonly version: string;
  readonly source: ToolSource;
  /** The program to execute: for Cassandra this is `java`, and `directory` holds the jars. */
  readonly executable: string;
  /** The folder that belongs to the tool, for example that of Cassandra's jars or the root of an extracted package tree. */
  readonly directory: string;
  /** Set for the tool's own processes only, for example LD_LIBRARY_PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Arguments that the tool needs on this machine before any others, for example Varnish's `-p vmod_path=…`. */
  readonly args: readonly string[];
  /** Companion programs of the same package by name, for example `varnishstat`, `ffprobe`. */
  readonly companions: Readonly<Record<string, string>>;
}

export type Tools = Readonly<Record<ToolName, Tool>>;
