/**
 * The recipe of a tool: how to recognise a good one, where to obtain it, and what to tell the user
 * if there is none.
 */

import type { Tool, ToolName } from "../target/tools.ts";
import { ChildFailed } from "../system/child.ts";

/** A part that must be found: a tool, or what another one runs on. Node is this process. */
export type PartName = ToolName;

/** A part that started successfully. */
export type Part = Tool;

/** A possible path of a tool. */
export interface Place {
  readonly executable: string;
  /** The tool's own folder, such as its jars. */
  readonly directory: string;
  /** The root of an extracted package tree, whose libraries the loader does not know. */
  readonly root?: string;
}

/** The result of starting the tool. */
export interface Sighting {
  readonly version: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly companions?: Readonly<Record<string, string>>;
  /**
   * Files besides the executable on which the result depends: if one changes, the tool is started
   * again.
   */
  readonly restsOn?: readonly string[];
}

export interface CheckContext {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** A folder that exists during the check. */
  readonly scratch: string;
  /** Resolves once Java is available; rejects with `Rejected` if it is not. */
  readonly java: () => Promise<Part>;
}

export type SourceName = "release" | "goModule" | "maven" | "debian";

export interface Release {
  readonly url: string;
  readonly checksumUrl: string;
  readonly algorithm: "sha256" | "sha512";
  /** The tool's path in the folder into which the file was unpacked or copied. */
  readonly place: (folder: string) => Place;
}

export interface Recipe {
  readonly name: PartName;
  /** The environment variable that overrides every search. */
  readonly variable: string;
  /** The accepted versions, for display. */
  readonly wanted: string;
  /** Changes with what this recipe builds or requires, so that an older cache entry is not used. */
  readonly pin: string;
  /** Instructions for a manual installation. */
  readonly install: string;
  /** Turns the variable's value into a path. */
  readonly placeOf: (value: string) => Place;
  /** Paths at which this machine may have it already. */
  readonly candidates: (env: NodeJS.ProcessEnv) => readonly Place[];
  /** It runs on another part, whose program and settings it uses. */
  readonly runsOn?: PartName;
  /** Not a tool itself: another one runs on it. */
  readonly isPart?: true;
  /** The group of tools that are obtained together. */
  readonly group: string;
  /** Its sources, in the order of attempts. */
  readonly from: readonly SourceName[];
  /** The project's own release for Linux. */
  readonly release?: (machine: "amd64" | "arm64") => Release;
  /** In Debian: its packages, and its program or its path in their unpacked tree. */
  readonly debian?: {
    readonly packages: readonly string[];
    readonly program?: string;
    readonly placeIn?: (root: string) => Place | undefined;
  };
  readonly goModule?: { readonly main: string; readonly program: string };
  /** A dependency file, the checksums of all expected jars, and the tool's path among them. */
  readonly maven?: {
    readonly pom: string;
    readonly checksums: string;
    readonly placeOf: (folder: string) => Place;
  };
  /** Starts the tool. Throws `Rejected` if it does not start or has the wrong version. */
  readonly check: (place: Place, context: CheckContext) => Promise<Sighting>;
}

/** A path or a source was unusable; the message is the reason, short enough for one line. */
export class Rejected extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = "Rejected";
  }
}

/** Whether the path or the source is unusable: its recipe says so, or a program failed there. */
export function isRejection(error: unknown): error is Rejected | ChildFailed {
  return error instanceof Rejected || error instanceof ChildFailed;
}

/** A permanent `Rejected`: the same file will be rejected again, so the result is cached. */
export class WrongVersion extends Rejected {
  constructor(reason: string) {
    super(reason);
    this.name = "WrongVersion";
  }
}
