/** Which runs may be compared at all: what differs besides the change under test would be taken for its effect. */
import type { Run } from "../run.ts";

export interface Comparability {
  /** Comparing would be meaningless. */
  readonly refused: readonly string[];
  /** Comparing is possible, and these are said beside every number. */
  readonly marked: readonly string[];
}

export function comparability(a: readonly Run[], b: readonly Run[]): Comparability {
  const all = [...a, ...b];
  const differing = (what: string, of: (run: Run) => string, between: readonly Run[] = all): string[] => {
    const values = [...new Set(between.map(of))];
    return values.length < 2 ? [] : [`${what} differs: ${values.slice(0, 4).join(" / ")}`];
  };
  return {
    refused: [
      ...(a.length === 0 || b.length === 0 ? ["a side has no runs"] : []),
      ...differing("the experiment", (run) => run.plan.experiment), ...differing("the target", (run) => run.plan.target),
      ...differing("the topology", (run) => run.plan.topology), ...differing("the substrate", (run) => run.plan.substrate),
      ...differing("the load", (run) => JSON.stringify(run.plan.load.map(({ name, ratePerSecond }) => [name, ratePerSecond]))),
      ...differing("the length of the phases", (run) => JSON.stringify(run.plan.phasesMs)),
      ...differing("what is broken", (run) => JSON.stringify(run.plan.steps)),
      ...all.filter((run) => !run.events.some((event) => event.kind === "phase")).map((run) => `${run.id} never came to a phase`),
    ],
    marked: [
      ...differing("the machine", machineOf),
      ...differing("side A: the defences that are off", defencesOf, a), ...differing("side B: the defences that are off", defencesOf, b),
      ...(a.length > 0 && b.length > 0 ? differing("the defences that are off", defencesOf, [a[0] as Run, b[0] as Run]) : []),
      ...differing("the version of k6", (run) => versionOf(run, "k6")),
      ...all.filter((run) => run.damage.length > 0).map((run) => `${run.id} is damaged: ${run.damage[0]}`),
      ...all.filter((run) => run.events.some((event) => event.kind === "aborted")).map((run) => `${run.id} was ended early`),
      ...(Math.min(a.length, b.length) === 1 ? ["one run on a side: what differs from run to run by itself cannot be told from the change; three or more on each side can"] : []),
    ],
  };
}

function machineOf(run: Run): string {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind === "started" ? `${started.machine.platform}, ${started.machine.cores} × ${started.machine.cpuModel}` : "unknown";
}

function versionOf(run: Run, tool: string): string {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind === "started" ? (started.versions[tool] ?? "none") : "unknown";
}

function defencesOf(run: Run): string {
  return run.plan.without.length === 0 ? "none" : [...run.plan.without].sort().join(", ");
}
