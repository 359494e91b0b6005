/** The system under test: its topologies, and the defences that can be switched off. */
import type { Layout } from "./layout.ts";
import type { TargetModel } from "./model.ts";
import type { Pack } from "./pack.ts";
import type { TargetTool, ToolName } from "./tools.ts";

/**
 * A protective behaviour of the target; on, unless an experiment or `--without` switches it off.
 */
export interface Defence {
  /** Letters and digits, as in `--without NAME` and `reliesOn`. */
  readonly name: string;
  /** What it protects, in one sentence. */
  readonly title: string;
}

/** A target that an experiment can name. A user's own is made by `defineTarget`. */
export interface Target {
  readonly name: string;
  /** What targets of its kind share, such as metrics and request classes. */
  readonly pack?: Pack;
  /** Described by its user: the container image does not contain it. */
  readonly own?: boolean;
  /** The only substrate that can run it; any that fits, by default. */
  readonly runsOn?: string;
  /**
   * The version that the user of an own target states. A run of one version does not count for
   * another.
   */
  readonly version?: string;
  /**
   * The problems of the description, one line each; any of them makes `plan` refuse the target.
   * `nowMs`: epoch ms.
   */
  problems?(nowMs: number): readonly string[];
  /** By name, the tools of its services that neither the harness nor the pack brings. */
  readonly tools?: Readonly<Record<ToolName, TargetTool>>;
  readonly defences: readonly Defence[];
  readonly topologies: Readonly<Record<string, Topology>>;
  /** Its behaviour in virtual time. Without it, the target cannot be simulated. */
  readonly model?: TargetModel;
}

/** One layout of a target. */
export interface Topology {
  readonly title: string;
  /** Defences without effect in this topology: they can be neither switched off nor relied on. */
  readonly lacks?: readonly string[];
  /** Approximate time in ms to start and stop it on two idle cores; for estimates. */
  readonly upMs?: number;
  layout(): Layout;
}
