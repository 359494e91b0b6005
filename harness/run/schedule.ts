/** Turns a plan into a schedule of actions, in ms after the load began. Pure. */
import type { Phase } from "../base/phases.ts";
import type { Plan } from "../record/plan.ts";
import { struckBy } from "../record/struck.ts";
import type { Struck } from "../target/fault.ts";
import type { Fault } from "../faults/faults.ts";

export type Action = { readonly atMs: number } & (
  | { readonly kind: "phase"; readonly phase: Phase | "leadIn" | "drain" }
  | {
      readonly kind: "inject";
      readonly step: number;
      readonly fault: Fault;
      readonly struck: Struck;
      readonly forMs: number;
    }
  | { readonly kind: "heal"; readonly step: number }
);

/** At the same moment, a heal precedes a phase, and a phase precedes an injection. */
const precedence = { heal: 0, phase: 1, inject: 2 } as const;

export function schedule(plan: Plan): readonly Action[] {
  const baselineMs = plan.leadInMs;
  const faultMs = baselineMs + plan.phasesMs.baseline;
  const recoveryMs = faultMs + plan.phasesMs.fault;
  const actions: Action[] = [
    { kind: "phase", phase: "leadIn", atMs: 0 },
    { kind: "phase", phase: "baseline", atMs: baselineMs },
    { kind: "phase", phase: "fault", atMs: faultMs },
    { kind: "phase", phase: "recovery", atMs: recoveryMs },
    { kind: "phase", phase: "drain", atMs: recoveryMs + plan.phasesMs.recovery },
    ...plan.steps.flatMap((step, index): Action[] => [
      {
        kind: "inject",
        step: index,
        fault: step.fault,
        struck: struckBy(plan, index),
        forMs: step.forMs,
        atMs: faultMs + step.atMs,
      },
      { kind: "heal", step: index, atMs: faultMs + step.atMs + step.forMs },
    ]),
  ];
  return actions.sort((a, b) => a.atMs - b.atMs || precedence[a.kind] - precedence[b.kind]);
}
