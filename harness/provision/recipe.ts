/**
 * What is known of a tool before it is found: how to recognise a good one and what to tell the
 * reader when there is none.
 */

import type { Tool, ToolName } from "../target/tools.ts";
import { ChildFailed } from "../system/child.ts";

/**
 * Everything that has to be found: a tool, or what another one runs on. Node is this very process.
 */
export type PartName = ToolName;

/** What was seen to start. */
export type Part = Tool;

/** Where a tool may lie. */
export interface Place {
  readonly executable: string;
  /** The folder that belongs to the tool, such as its jars. */
  readonly directory: string;
  /** The root of an extracted package tree, whose libraries the loader does not know. */
  readonly root?: string;
}

/** What starting the tool showed. */
export interface Sighting {
  readonly version: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly companions?: Readonly<Record<string, string>>;
  /**
   * Files besides the executable that the sighting rests on: when one of them changes, it is looked
   * at again.
   */
  readonly restsOn?: readonly string[];
}

export interface CheckContext {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** A folder that exists for the time of the check. */
  readonly scratch: string;
  /** Resolves once Java is there; rejects with `Rejected` when it cannot be had. */
  readonly java: () => Promise<Part>;
}

export type SourceName = "release" | "goModule" | "maven" | "debian";

export interface Release {
  readonly url: string;
  readonly checksumUrl: string;
  readonly algorithm: "sha256" | "sha512";
  /** Where the tool lies in a folder that the file was unpacked or put into. */
  readonly place: (folder: string) => Place;
}

export interface Recipe {
  readonly name: PartName;
  /** The environment variable that overrules every search. */
  readonly variable: string;
  /** For people: which versions are good. */
  readonly wanted: string;
  /**
   * Changes when what this recipe builds or demands changes, so that an older cache entry is not
   * taken.
   */
  readonly pin: string;
  /** For people: how to install it by hand. */
  readonly install: string;
  /** Turns the variable's value into a place. */
  readonly placeOf: (value: string) => Place;
  /** Where this machine may have it already. */
  readonly candidates: (env: NodeJS.ProcessEnv) => readonly Place[];
  /** It runs on another part, whose program and settings it has. */
  readonly runsOn?: PartName;
  /** No tool by itself: another one runs on it. */
  readonly isPart?: true;
  /** What is got at once, where it is not there. */
  readonly group: string;
  /** Where it comes from then, in the order of trying. */
  readonly from: readonly SourceName[];
  /** What its project publishes for Linux. */
  readonly release?: (machine: "amd64" | "arm64") => Release;
  /** Of Debian: its packages, and its program, or where it lies in their unpacked tree. */
  readonly debian?: {
    readonly packages: readonly string[];
    readonly program?: string;
    readonly placeIn?: (root: string) => Place | undefined;
  };
  readonly goModule?: { readonly main: string; readonly program: string };
  /**
   * A file of dependencies, the checksums of all that must come, and where the tool lies among
   * that.
   */
  readonly maven?: {
    readonly pom: string;
    readonly checksums: string;
    readonly placeOf: (folder: string) => Place;
  };
  /** Starts the tool. Throws `Rejected` when it does not start or is of the wrong version. */
  readonly check: (place: Place, context: CheckContext) => Promise<Sighting>;
}

/**
 * One place or way of getting a tool was no good; the message is the reason, short enough for one
 * line.
 */
export class Rejected extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = "Rejected";
  }
}

/** Whether the place or the way is no good: its recipe says so, or a program failed there. */
export function isRejection(error: unknown): error is Rejected | ChildFailed {
  return error instanceof Rejected || error instanceof ChildFailed;
}

/** As `Rejected`, and sure to be said again of the same file: worth remembering. */
export class WrongVersion extends Rejected {
  constructor(reason: string) {
    super(reason);
    this.name = "WrongVersion";
  }
}
