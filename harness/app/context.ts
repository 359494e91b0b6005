/**
 * The commands' access to the outside: created once by main.ts and passed down, so that no other
 * file touches the process.
 */
import type { Readable } from "node:stream";
import type { Config } from "../settings/settings.ts";

/** Created by `printerTo` only. */
export interface Output {
  /**
   * Text for users. Characters that control a terminal or a pipeline are removed, except for
   * Seawall's colours.
   */
  write(text: string): void;
  /** One line of JSON for programs. */
  json(document: unknown): void;
  /** Workflow commands for the program that reads the log; their text must be escaped. */
  commands(text: string): void;
  /** On a terminal, erases the current unfinished line. */
  erase(): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colour: boolean;
}

/** The user's own folder, and what is configured there. */
export interface Project {
  readonly folder: string;
  /** Null where there is none. */
  readonly configFile: string | null;
  /** Empty until it is read. */
  config: Config;
}

export interface Context {
  /** Seawall's own folder: the checkout, or the package. */
  readonly root: string;
  /** The user's working folder. */
  readonly cwd: string;
  /** The user's own folder; the project's own where there is none. */
  readonly project?: Project;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Opened on demand. */
  stdin(): Readable;
  /** Aborts with a RunAborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** The callback runs on a second interrupt: kill what remains. */
  onForceQuit(forceQuit: () => void): void;
  readonly version: string;
  /** The folder of undo ledgers; one per machine and user. */
  readonly stateDirectory: string;
  readonly cacheDirectory: string;
}
