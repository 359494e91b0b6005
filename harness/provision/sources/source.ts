/** A source of tools that are not on this machine: a release download, or a package registry. */

import type { ToolSource } from "../../target/tools.ts";
import type { FindContext } from "../find.ts";
import type { PartName, Place, Recipe } from "../recipe.ts";

/** The current step for the given tools; `detail` changes quickly and is for a live line only. */
export interface Progress {
  readonly tool: string;
  readonly step: string;
  readonly detail?: string;
}

export interface BuildContext extends FindContext {
  /** Reports the current step for the tools of this build. */
  readonly say: (step: string, detail?: string) => void;
  /** The empty folder to fill. It is renamed to `home` once it is complete. */
  readonly staging: string;
  readonly home: string;
  /** Hosts that did not answer during this provision, so that none is tried twice. */
  readonly unreachable: Map<string, string>;
}

export interface Source {
  readonly kind: Extract<ToolSource, "download" | "registry">;
  /** Display name: `the official release`, `a Go module`. */
  readonly title: string;
  /** Obtains the tools one by one, so that a failure affects only one of them. */
  readonly oneByOne: boolean;
  /** Fills `staging` and returns the path of each tool in it. Throws `Rejected` if it cannot. */
  readonly build: (
    recipes: readonly Recipe[],
    context: BuildContext,
  ) => Promise<ReadonlyMap<PartName, Place>>;
  /** Why it cannot be used on this machine, determined without using it. */
  readonly obstacle: (env: NodeJS.ProcessEnv) => string | undefined;
}
