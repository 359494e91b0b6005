/** The undo entries of a run, as the ledger keeps them on disk. */
import type { Endpoint } from "../target/layout.ts";

/** Stores each undo on disk before its act. */
export interface UndoLedger {
  /** Returns after the entry is synced. The returned function marks it as undone. */
  record(entry: UndoEntry): () => void;
}

export type UndoEntry =
  /**
   * Written right after the start. Until then, the run's mark in the environment identifies the
   * process.
   */
  | {
      readonly kind: "processGroup";
      readonly service: string;
      readonly pid: number;
      readonly startTicks: number;
    }
  /** A folder or a file. */
  | { readonly kind: "directory"; readonly path: string }
  /**
   * Addresses that were free before the run: any process that listens on them during the run
   * belongs to it.
   */
  | { readonly kind: "ports"; readonly endpoints: readonly Endpoint[] }
  /** What a substrate creates outside this machine, with its future name and place. */
  | {
      readonly kind: "made";
      readonly substrate: string;
      readonly what: string;
      readonly name: string;
      readonly at: string;
    }
  /** What a substrate changes of others' things, with the old state, which only it understands. */
  | {
      readonly kind: "changed";
      readonly substrate: string;
      readonly what: string;
      readonly name: string;
      readonly at: string;
      readonly before: string;
    }
  /**
   * The command that stops what an external command of the target started. With `fault`, it reverts
   * a fault of this kind on a service that outlives the run.
   */
  | {
      readonly kind: "command";
      readonly command: string;
      readonly args: readonly string[];
      readonly fault?: string;
    };
