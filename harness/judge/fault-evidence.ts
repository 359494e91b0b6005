/**
 * What the record must show for each fault: it landed, lasted and healed, and the target used its
 * links or services. A run without planned faults has none of these findings.
 */
import type { Struck } from "../target/fault.ts";
import type { Step } from "../experiment/experiment.ts";
import { describeFault } from "../faults/faults.ts";
import type { FactOf } from "../record/facts.ts";
import type { Judged } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { struckBy } from "../record/struck.ts";
import { answer } from "./answer.ts";
import { trafficProblem } from "./link-traffic.ts";
import { useProblem } from "./service-use.ts";
import type { Windows } from "./windows.ts";

/**
 * A fault that was in force for less than this fraction of its planned time had hardly any effect.
 */
export const inForceShareMin = 0.5;
/**
 * Greatest age of the last check before a heal: checks are 1 s apart, and one may take 1 s on a
 * busy machine.
 */
export const lastLookMsMax = 2_500;
/** Greatest time between two checks: five usual intervals. */
export const lookGapMsMax = 5_000;

type Of<Id extends FaultRule> = (
  run: Run,
  step: Step,
  index: number,
  windows: Windows,
) => FactOf<Id> | null;
type FaultRule =
  | "faults.landed"
  | "faults.lasted"
  | "faults.healed"
  | "faults.traffic"
  | "faults.use";

const rules: { readonly [Id in FaultRule]: Of<Id> } = {
  "faults.landed": landingProblem,
  "faults.lasted": lastingProblem,
  "faults.healed": healingProblem,
  "faults.traffic": (run, step, index, windows) =>
    trafficProblem(run, describeFault(step.fault), index, windows),
  "faults.use": (run, step, index, windows) =>
    useProblem(run, describeFault(step.fault), index, windows),
};

export function judgeFaults(run: Run, windows: Windows): Judged[] {
  const { steps } = run.plan;
  if (steps.length === 0) return [];
  const struck = steps.map((_, index) => struckBy(run.plan, index));
  const samples = steps.length;
  const asked = <Id extends FaultRule>(id: Id, remarks: readonly FactOf<Id>[] = []): Judged => {
    const rule = rules[id] as Of<Id>;
    const problems = steps.flatMap((step, index) => {
      const found = rule(run, step, index, windows);
      return found === null ? [] : [found];
    });
    return answer(id, problems, { samples, remarks });
  };
  const standbys = standbysIn(struck);
  return [
    asked("faults.landed"),
    asked("faults.lasted"),
    asked("faults.healed"),
    ...(struck.some(({ links }) => links.length > 0) ? [asked("faults.traffic")] : []),
    ...(struck.some(({ use = [] }) => use.length > 0)
      ? [
          asked(
            "faults.use",
            standbys.length === 0 ? [] : [{ fact: "standby", services: standbys }],
          ),
        ]
      : []),
  ];
}

function standbysIn(struck: readonly Pick<Struck, "use">[]): string[] {
  const names = struck.flatMap(({ use = [] }) =>
    use.flatMap(({ service, standby }) => (standby === true ? [service] : [])),
  );
  return [...new Set(names)];
}

function landingProblem(
  run: Run,
  step: Step,
  index: number,
  windows: Windows,
): FactOf<"faults.landed"> | null {
  const fault = describeFault(step.fault);
  const event = eventOf(run, "injected", index);
  if (event === undefined) return { fact: "never-injected", fault };
  const { landed, observation } = event.evidence;
  if (!landed) return { fact: "not-landed", fault, observation };
  // A fault that landed outside its phase, or only briefly, is not the one that the experiment
  // planned.
  const [fromMs, untilMs] = [event.actedMs ?? event.atMs, healingMs(run, index)];
  const window = windows.fault;
  if (window !== undefined && (fromMs < window.fromMs || fromMs >= window.untilMs))
    return { fact: "outside-phase", fault };
  const forMs = untilMs - fromMs;
  return forMs < inForceShareMin * step.forMs
    ? { fact: "too-short", fault, forMs, plannedMs: step.forMs }
    : null;
}

/** Faults that did not land, or never healed, are reported by other rules. */
function lastingProblem(run: Run, step: Step, index: number): FactOf<"faults.lasted"> | null {
  const fault = describeFault(step.fault);
  if (run.plan.struck === undefined) return { fact: "old-record", fault };
  const injected = eventOf(run, "injected", index);
  if (!struckBy(run.plan, index).lasts || injected?.evidence.landed !== true) return null;
  const seen = run.events.filter(
    (event) => event.kind === "observed" && event.step === index,
  ) as Extract<RunEvent, { kind: "observed" }>[];
  const [first] = seen;
  const last = seen.at(-1);
  if (first === undefined || last === undefined) return { fact: "never-checked", fault };
  const gone = seen.find((event) => !event.evidence.landed);
  if (gone !== undefined)
    return {
      fact: "gone",
      fault,
      afterMs: gone.fromMs - (injected.actedMs ?? injected.atMs),
      observation: gone.evidence.observation,
    };
  const beforeHealMs = healingMs(run, index) - last.untilMs;
  if (Number.isFinite(beforeHealMs) && beforeHealMs > lastLookMsMax)
    return { fact: "last-check-early", fault, beforeHealMs, maxMs: lastLookMsMax };
  const gapMs = Math.max(
    ...seen.map((event) => event.longestGapMs),
    first.fromMs - injected.atMs,
    ...seen.slice(1).map((event, at) => event.fromMs - (seen[at] as typeof event).untilMs),
  );
  return gapMs > lookGapMsMax ? { fact: "check-gap", fault, gapMs, maxMs: lookGapMsMax } : null;
}

function healingProblem(run: Run, step: Step, index: number): FactOf<"faults.healed"> | null {
  const fault = describeFault(step.fault);
  const event = eventOf(run, "healed", index);
  if (event === undefined) return { fact: "never-healed", fault };
  const { landed, observation } = event.evidence;
  return landed ? null : { fact: "not-healed", fault, observation };
}

function eventOf<K extends "injected" | "healed">(
  run: Run,
  kind: K,
  step: number,
): Extract<RunEvent, { kind: K }> | undefined {
  return run.events.find((event) => event.kind === kind && event.step === step) as
    | Extract<RunEvent, { kind: K }>
    | undefined;
}

/** When the heal of a step began. */
export function healingMs(run: Run, index: number): number {
  const end = run.events.find(
    (event) => (event.kind === "healing" || event.kind === "healed") && event.step === index,
  );
  return end?.atMs ?? Number.POSITIVE_INFINITY;
}
