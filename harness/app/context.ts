/**
 * What the commands may know of the outside: made once by main.ts, handed down, so that no other
 * file touches the process.
 */
import type { Readable } from "node:stream";
import type { Config } from "../settings/settings.ts";

/** Made by `printerTo` alone. */
export interface Output {
  /**
   * Text for people. Whatever in it would act on a terminal or on a pipeline is made inert, our own
   * colours excepted.
   */
  write(text: string): void;
  /** One line of JSON for programs. */
  json(document: unknown): void;
  /** Workflow commands for the program that reads the log; their own text must be escaped. */
  commands(text: string): void;
  /** On a terminal, takes back the line that is not ended yet. */
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
  /** Where the user stands. */
  readonly cwd: string;
  /** The user's own folder; the project's own where there is none. */
  readonly project?: Project;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Opened by whoever asks for it. */
  stdin(): Readable;
  /** Aborts with a RunAborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Called on a second interrupt: what is left is ended without ceremony. */
  onHurry(hurry: () => void): void;
  readonly version: string;
  /** Where runs note what must be undone; one per machine and user. */
  readonly stateDirectory: string;
  readonly cacheDirectory: string;
}
