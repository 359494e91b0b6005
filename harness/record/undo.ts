/** What undoes a run, as the ledger keeps it on disk. */
import type { Endpoint } from "../target/layout.ts";

/** What must be undone, on disk before it is done. */
export interface UndoLedger {
  /** Returns after the entry is synced. The returned function marks it undone. */
  record(entry: UndoEntry): () => void;
}

export type UndoEntry =
  /**
   * Written right after the start: until then the process is known by the run's mark in its
   * environment.
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
   * Addresses that were free before the run took them: whoever listens there while it goes on was
   * started by it.
   */
  | { readonly kind: "ports"; readonly endpoints: readonly Endpoint[] }
  /**
   * What a substrate makes elsewhere than on this machine: by the name that it will get, at the
   * place where it will be.
   */
  | {
      readonly kind: "made";
      readonly substrate: string;
      readonly what: string;
      readonly name: string;
      readonly at: string;
    }
  /** What takes down what a target brought up by means of its own. */
  | { readonly kind: "command"; readonly command: string; readonly args: readonly string[] };
