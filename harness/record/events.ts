/**
 * What happened in a run, in the order in which it did. All times are epoch milliseconds with a
 * fraction.
 */
import type { Fault } from "../faults/faults.ts";
import type { Evidence } from "../target/evidence.ts";
import type { Phase } from "../base/phases.ts";

export type AbortReason =
  | "claim"
  | "user"
  | "deadline"
  | "substrate"
  | "generator"
  | "internal"
  | "deadMan";

/** By how much the target's own traffic and counters grew while nobody asked anything of it. */
export interface Idle {
  readonly forMs: number;
  readonly links: readonly {
    readonly link: string;
    readonly connections: number;
    readonly bytes?: number;
  }[];
  readonly counters: readonly {
    readonly service: string;
    readonly metric: string;
    readonly by: number;
  }[];
}

export type RunEvent = { readonly atMs: number } & (
  | {
      readonly kind: "started";
      readonly runId: string;
      readonly versions: Readonly<Record<string, string>>;
      readonly machine: Machine;
    }
  | { readonly kind: "deploying" }
  | { readonly kind: "deployed"; readonly tookMs: number }
  | {
      readonly kind: "loadStarted";
      readonly generator: string;
      /**
       * When the generator was asked to begin; `atMs` is when it had answered. Missing in older
       * records.
       */
      readonly askedMs?: number;
      /** What was counted before it, without any load. Missing where nobody could count. */
      readonly idle?: Idle;
    }
  | { readonly kind: "phase"; readonly phase: Phase | "leadIn" | "drain" }
  | { readonly kind: "injecting"; readonly step: number; readonly fault: Fault }
  | {
      readonly kind: "injected";
      readonly step: number;
      readonly fault: Fault;
      readonly plannedMs: number;
      /**
       * When the act itself was done; `atMs` is when its evidence was complete. Missing in older
       * records.
       */
      readonly actedMs?: number;
      readonly evidence: Evidence;
    }
  /**
   * Looks at a fault in force that had the same answer, one after another. Missing in older
   * records.
   */
  | {
      readonly kind: "observed";
      readonly step: number;
      readonly fault: Fault;
      readonly evidence: Evidence;
      readonly looks: number;
      /** When the first and the last of them were done; `atMs` is when this was written. */
      readonly fromMs: number;
      readonly untilMs: number;
      /** The longest time that nobody looked, before the first of them included. */
      readonly longestGapMs: number;
    }
  | { readonly kind: "healing"; readonly step: number; readonly fault: Fault }
  | {
      readonly kind: "healed";
      readonly step: number;
      readonly fault: Fault;
      readonly plannedMs: number;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "exited";
      readonly service: string;
      readonly expected: boolean;
      readonly detail: string;
    }
  | {
      readonly kind: "generator";
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly expected: boolean;
      readonly detail: string;
      /** CPU seconds of the generator and of the harness itself from load start to load end. */
      readonly generatorCpuSeconds: number | null;
      readonly harnessCpuSeconds: number;
      readonly seconds: number;
    }
  /** The wall clock moved against the monotonic one by more than 50 ms. */
  | { readonly kind: "clockStepped"; readonly byMs: number }
  | { readonly kind: "aborted"; readonly reason: AbortReason; readonly detail: string }
  | { readonly kind: "note"; readonly text: string }
  | {
      readonly kind: "cleaned";
      readonly status: "clean" | "incomplete";
      readonly left: readonly string[];
      readonly tookMs: number;
    }
  | { readonly kind: "finished" }
);

export interface Machine {
  readonly platform: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
}
