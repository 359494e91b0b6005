/**
 * What must have held before an experiment may run: the experiments that it requires by name, and for each tier one of the tier below it, on the
 * same target, in whatever topology: an experiment names services, which are others elsewhere, so a zone can be lost only where there are several,
 * and a slow link is tried where little else is. Recorded verdicts count, nobody's word does.
 */
import type { Experiment, Tier } from "./experiment.ts";
import type { Status, SubstrateName } from "./run.ts";

/** One run as its directory tells of it. */
export interface RecordedVerdict {
  /** Begins with the time of the run, so that later runs have greater ids. */
  readonly runId: string;
  readonly experiment: string;
  readonly tier: Tier;
  readonly target: string;
  readonly topology: string;
  readonly substrate: SubstrateName;
  /** Defences that were off. */
  readonly without: readonly string[];
  readonly status: Status;
}

/** One instance, then slow links, then a zone, then a region. Storms break nothing of the kind and need nothing. */
const below: Readonly<Record<Tier, Tier | null>> = { storm: null, monkey: null, latency: "monkey", gorilla: "latency", kong: "gorilla" };

export function prerequisiteProblems(experiment: Pick<Experiment, "requires" | "tier" | "target">, substrate: SubstrateName, recorded: readonly RecordedVerdict[]): string[] {
  const latest = latestOf(recorded.filter((one) => counts(one, experiment.target.name, substrate)));
  const where = `on ${experiment.target.name}`;
  const named = (experiment.requires ?? []).flatMap((name) => {
    const last = latest.get(name);
    if (last === undefined) return [`requires: "${name}" has not been run ${where}`];
    return last.status === "held" ? [] : [`requires: the last run of "${name}" ${where} was ${last.status} (${last.runId})`];
  });
  const tier = below[experiment.tier];
  const lower = [...latest.values()].filter((one) => one.tier === tier);
  if (tier === null || lower.some((one) => one.status === "held")) return named;
  const seen = lower.length === 0 ? "none has been run" : `the last runs were ${lower.map((one) => `${one.experiment} ${one.status}`).join(", ")}`;
  return [...named, `tier ${experiment.tier}: an experiment of tier ${tier} must have held ${where} first; ${seen}`];
}

/** A run with a defence off is a control, and what held in a model has not held on the real thing. */
function counts(one: RecordedVerdict, target: string, substrate: SubstrateName): boolean {
  return one.target === target && one.without.length === 0 && (one.substrate === "simulated") === (substrate === "simulated");
}

function latestOf(recorded: readonly RecordedVerdict[]): Map<string, RecordedVerdict> {
  return new Map(recorded.toSorted((a, b) => (a.runId < b.runId ? -1 : 1)).map((one) => [one.experiment, one]));
}
