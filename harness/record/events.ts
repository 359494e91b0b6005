/** The events of a run in chronological order. All times are epoch milliseconds, with fractions. */
import type { Fault } from "../faults/faults.ts";
import type { Evidence } from "../target/evidence.ts";
import type { Phase } from "../base/phases.ts";
import type { ContentRecord } from "./content.ts";

export type AbortReason =
  | "claim"
  | "user"
  | "deadline"
  | "substrate"
  | "generator"
  | "internal"
  | "deadMan";

/** The growth of the target's own traffic and counters without any request. */
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
  /** What the target serves, as it was read from the target; it stands for what the plan says. */
  | ({ readonly kind: "contentRead" } & ContentRecord)
  | {
      readonly kind: "loadStarted";
      readonly generator: string;
      /**
       * When the generator received the start command; `atMs` is when it confirmed. Absent in older
       * records.
       */
      readonly askedMs?: number;
      /** Counts from before it, without any load. Absent if nothing could be counted. */
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
       * When the act was done; `atMs` is when its evidence was complete. Absent in older records.
       */
      readonly actedMs?: number;
      readonly evidence: Evidence;
    }
  /** A series of checks on a fault in force with the same result. Absent in older records. */
  | {
      readonly kind: "observed";
      readonly step: number;
      readonly fault: Fault;
      readonly evidence: Evidence;
      readonly looks: number;
      /** Times of the first and the last of these checks; `atMs` is the time of writing. */
      readonly fromMs: number;
      readonly untilMs: number;
      /** The longest time without a check, including the time before the first. */
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
      /** CPU seconds of the generator and of the harness itself, from load start to load end. */
      readonly generatorCpuSeconds: number | null;
      readonly harnessCpuSeconds: number;
      readonly seconds: number;
    }
  /** The wall clock moved against the monotonic clock by more than 50 ms. */
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
