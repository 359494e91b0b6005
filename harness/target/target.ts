/**
 * What is tested: how it can be laid out, and which of its protective behaviours can be switched
 * off.
 */
import type { Layout } from "./layout.ts";
import type { TargetModel } from "./model.ts";
import type { Pack } from "./pack.ts";

/** One protective behaviour of the target, on unless an experiment or `--without` turns it off. */
export interface Defence {
  readonly name: string;
  /** What it protects, in one sentence. */
  readonly title: string;
}

export interface Target {
  readonly name: string;
  /** What targets of its kind bring along: metrics, classes of requests. */
  readonly pack?: Pack;
  /** Described by its user: the image that containers are made of holds nothing of it. */
  readonly own?: boolean;
  /**
   * Of one described by its user, as its user states it: runs of different versions do not vouch
   * for one another.
   */
  readonly version?: string;
  /**
   * What is wrong with the description itself, one line each; `plan` refuses the target for any.
   * `nowMs`: epoch ms.
   */
  problems?(nowMs: number): readonly string[];
  readonly defences: readonly Defence[];
  readonly topologies: Readonly<Record<string, Topology>>;
  /** How it behaves in virtual time; without one it cannot be simulated. */
  readonly model?: TargetModel;
}

/** One way of laying a target out. */
export interface Topology {
  readonly title: string;
  /** Defences that have nothing to act on here: they can neither be switched off nor relied on. */
  readonly lacks?: readonly string[];
  /** About how long it takes to come up and to be taken down on two idle cores; for estimates. */
  readonly upMs?: number;
  layout(): Layout;
}
