/**
 * What the record must show of each fault: it landed, it lasted, it healed, and where it is on links, the target used them. A run in which nothing was to
 * be broken has none of these findings.
 */
import type { Struck } from "../faults/fault.ts";
import type { Step } from "../experiment/experiment.ts";
import { describeFault } from "../faults/faults.ts";
import type { Finding } from "../record/verdict.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { struckBy } from "../record/struck.ts";
import { answer } from "./answer.ts";
import { trafficProblem } from "./link-traffic.ts";
import { useProblem } from "./service-use.ts";
import type { Windows } from "./windows.ts";
import type { Window } from "../metrics/series.ts";

/** A fault that was in force for less than this fraction of its planned time hardly struck anything. */
export const inForceShareMin = 0.5;
/** The last look before a heal is at most this old: looks are a second apart, and one may take a second on a busy machine. */
export const lastLookMsMax = 2_500;
/** Between two looks: five of the usual second. */
export const lookGapMsMax = 5_000;

type Rule = (run: Run, step: Step, index: number, windows: Windows) => string | null;

const rules: readonly { readonly id: string; readonly title: string; readonly problem: Rule }[] = [
  { id: "faults.landed", title: "Every fault landed", problem: landingProblem },
  { id: "faults.lasted", title: "Every fault lasted until it was healed", problem: lastingProblem },
  { id: "faults.healed", title: "Every fault healed", problem: healingProblem },
  {
    id: "faults.traffic",
    title: "The target used the links that were broken",
    problem: (run, _step, index, windows) => trafficProblem(run, index, windows),
  },
  {
    id: "faults.use",
    title: "The target used the services that were struck",
    problem: (run, _step, index, windows) => useProblem(run, index, windows),
  },
];

export function judgeFaults(run: Run, windows: Windows): Finding[] {
  const { steps } = run.plan;
  if (steps.length === 0) return [];
  const struck = steps.map((_, index) => struckBy(run.plan, index));
  const isAsked: Readonly<Record<string, boolean>> = {
    "faults.traffic": struck.some(({ links }) => links.length > 0),
    "faults.use": struck.some(({ use = [] }) => use.length > 0),
  };
  return rules
    .filter(({ id }) => isAsked[id] ?? true)
    .map(({ id, title, problem }) => {
      const problems = steps.flatMap((step, index) => {
        const found = problem(run, step, index, windows);
        return found === null ? [] : [`${describeFault(step.fault)} ${found}`];
      });
      const why = problems.length === 0 ? null : problems.join("; ");
      const said = id === "faults.use" ? standbysIn(struck) : "yes";
      return answer(id, title, why, steps.length, undefined, said);
    });
}

function standbysIn(struck: readonly Pick<Struck, "use">[]): string {
  const names = struck.flatMap(({ use = [] }) =>
    use.flatMap(({ service, standby }) => (standby === true ? [service] : [])),
  );
  return names.length === 0 ? "yes" : `declared a standby: ${[...new Set(names)].join(", ")}`;
}

function landingProblem(run: Run, step: Step, index: number, windows: Windows): string | null {
  const event = eventOf(run, "injected", index);
  if (event === undefined) return "was never injected";
  if (!event.evidence.landed) return `did not land: ${event.evidence.observation}`;
  return offTime(step, event.actedMs ?? event.atMs, healingMs(run, index), windows.fault);
}

/** A fault that took hold outside its phase, or only for a moment, is not the one that the experiment speaks of. */
function offTime(
  step: Step,
  fromMs: number,
  untilMs: number,
  window: Window | undefined,
): string | null {
  if (window !== undefined && (fromMs < window.fromMs || fromMs >= window.untilMs))
    return "took hold outside the phase fault";
  const forMs = untilMs - fromMs;
  return forMs < inForceShareMin * step.forMs
    ? `was in force for ${Math.round(forMs)} ms instead of ${step.forMs} ms`
    : null;
}

/** What did not land is told of by another rule, and so is what never healed. */
function lastingProblem(run: Run, _step: Step, index: number): string | null {
  if (run.plan.struck === undefined)
    return "cannot be shown to have lasted: the record is older than that rule";
  const injected = eventOf(run, "injected", index);
  if (!struckBy(run.plan, index).lasts || injected?.evidence.landed !== true) return null;
  const seen = run.events.filter(
    (event) => event.kind === "observed" && event.step === index,
  ) as Extract<RunEvent, { kind: "observed" }>[];
  const [first] = seen;
  const last = seen.at(-1);
  if (first === undefined || last === undefined)
    return "was looked at once, when it began, and never again";
  const gone = seen.find((event) => !event.evidence.landed);
  const after = (ms: number): string =>
    `${((ms - (injected.actedMs ?? injected.atMs)) / 1000).toFixed(1)} s after it began`;
  if (gone !== undefined)
    return `did not last: ${after(gone.fromMs)}, ${gone.evidence.observation}`;
  const endMs = healingMs(run, index);
  if (Number.isFinite(endMs) && endMs - last.untilMs > lastLookMsMax)
    return `was last seen in force ${Math.round(endMs - last.untilMs)} ms before it was healed, at most ${lastLookMsMax} ms are tolerated`;
  const gapMs = Math.max(
    ...seen.map((event) => event.longestGapMs),
    first.fromMs - injected.atMs,
    ...seen.slice(1).map((event, at) => event.fromMs - (seen[at] as typeof event).untilMs),
  );
  return gapMs > lookGapMsMax
    ? `was not looked at for ${Math.round(gapMs)} ms, at most ${lookGapMsMax} ms are tolerated`
    : null;
}

function healingProblem(run: Run, _step: Step, index: number): string | null {
  const event = eventOf(run, "healed", index);
  if (event === undefined) return "was never healed";
  return event.evidence.landed ? null : `did not heal: ${event.evidence.observation}`;
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

/** When the healing of a step began. */
export function healingMs(run: Run, index: number): number {
  const end = run.events.find(
    (event) => (event.kind === "healing" || event.kind === "healed") && event.step === index,
  );
  return end?.atMs ?? Number.POSITIVE_INFINITY;
}
