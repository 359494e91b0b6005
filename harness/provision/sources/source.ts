/**
 * A way of getting tools that are not on this machine: a release to download, or a package
 * registry.
 */

import type { ToolSource } from "../../target/tools.ts";
import type { FindContext } from "../find.ts";
import type { PartName, Place, Recipe } from "../recipe.ts";

/** What is being done for which tools; `detail` changes quickly and is for a live line only. */
export interface Progress {
  readonly tool: string;
  readonly step: string;
  readonly detail?: string;
}

export interface BuildContext extends FindContext {
  /** Says what is being done for the tools of this build. */
  readonly say: (step: string, detail?: string) => void;
  /** The empty folder to fill. It becomes `home` by a rename once everything in it is there. */
  readonly staging: string;
  readonly home: string;
  /** Hosts that did not answer during this provision, so that nobody asks them twice. */
  readonly unreachable: Map<string, string>;
}

export interface Source {
  readonly kind: Extract<ToolSource, "download" | "registry">;
  /** For people: `the official release`, `a Go module`. */
  readonly title: string;
  /** Gets the tools one by one, so that one that fails does not take the others along. */
  readonly oneByOne: boolean;
  /** Fills `staging` and says where in it each tool lies. Throws `Rejected` when it cannot. */
  readonly build: (
    recipes: readonly Recipe[],
    context: BuildContext,
  ) => Promise<ReadonlyMap<PartName, Place>>;
  /** What stands in the way of using it on this machine, found out without using it. */
  readonly obstacle: (env: NodeJS.ProcessEnv) => string | undefined;
}
