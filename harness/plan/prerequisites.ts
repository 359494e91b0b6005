/**
 * The prerequisites of an experiment: the experiments that it requires by name, and one of the tier
 * below its own. They must have held on the same target in the same version. Only recorded verdicts
 * count.
 */
import type { Experiment } from "../experiment/experiment.ts";
import type { Status } from "../record/verdict.ts";
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import { tierOf } from "../experiment/tiers.ts";

/** The summary of one recorded run. */
export interface RecordedVerdict {
  /** Begins with the time of the run, so later runs have greater ids. */
  readonly runId: string;
  readonly experiment: string;
  readonly tier: string;
  readonly target: string;
  readonly topology: string;
  readonly substrate: string;
  /** Empty in records without a version. */
  readonly targetVersion: string;
  /** Defences that were off. */
  readonly without: readonly string[];
  /** Relative to the planned audience; a run with another scale does not count. */
  readonly scale: number;
  readonly status: Status;
  /** The folder of its record; absent for an assumed run. */
  readonly directory?: string;
  /** Why the run does not count, in one sentence; absent if it counts. */
  readonly doubt?: string;
}

/** The run that is being planned. */
export interface Subject {
  readonly topology: string;
  readonly substrate: SubstrateName;
  readonly targetVersion: string;
}

export function prerequisiteProblems(
  experiment: Pick<Experiment, "requires" | "tier" | "target">,
  subject: Subject,
  recorded: readonly RecordedVerdict[],
): string[] {
  const { topology, targetVersion } = subject;
  const comparable = recorded.filter((one) => counts(one, experiment.target.name, subject));
  const latest = latestOf(comparable.filter((one) => one.targetVersion === targetVersion));
  const where = `on ${experiment.target.name}`;
  const doubtful = recorded.filter(
    (one) => one.doubt !== undefined && isWhole(one, experiment.target.name),
  );
  const named = (experiment.requires ?? []).flatMap((name) => {
    const of = latest.filter((one) => one.experiment === name);
    // Prefers the same topology if it was run there: another topology does not make up for a
    // failure there.
    const last = of.find((one) => one.topology === topology) ?? of.at(-1);
    if (last === undefined)
      return [
        `requires: "${name}" has not been run ${where}${elsewhere(
          comparable.filter((one) => one.experiment === name),
          targetVersion,
        )}${notCounted(doubtful.filter((one) => one.experiment === name))}`,
      ];
    return last.status === "held"
      ? []
      : [
          `requires: the last run of "${name}" ${where}, topology ${last.topology}, was ` +
            `${last.status} (${last.runId})`,
        ];
  });
  const tier = tierOf(experiment.tier).after;
  const lower = latest.filter((one) => one.tier === tier);
  if (tier === null || lower.some((one) => one.status === "held")) return named;
  const seen =
    lower.length === 0
      ? `none has been run${elsewhere(
          comparable.filter((one) => one.tier === tier),
          targetVersion,
        )}`
      : `the last runs were ${lower.map((one) => `${one.experiment} ${one.status}`).join(", ")}`;
  return [
    ...named,
    `tier ${experiment.tier}: an experiment of tier ${tier} must have held ${where} first; ` +
      `${seen}${notCounted(doubtful.filter((one) => one.tier === tier))}`,
  ];
}

/** The held verdicts on which this experiment depends; their records are judged again. */
export function vouching(
  experiment: Pick<Experiment, "requires" | "tier" | "target">,
  subject: Subject,
  recorded: readonly RecordedVerdict[],
): readonly RecordedVerdict[] {
  const comparable = recorded.filter(
    (one) =>
      counts(one, experiment.target.name, subject) && one.targetVersion === subject.targetVersion,
  );
  const asked = (one: RecordedVerdict): boolean =>
    one.tier === tierOf(experiment.tier).after ||
    (experiment.requires ?? []).includes(one.experiment);
  return latestOf(comparable).filter((one) => one.status === "held" && asked(one));
}

/** Runs of another version do not count, but the message names them to explain why. */
function elsewhere(others: readonly RecordedVerdict[], targetVersion: string): string {
  const last = latestOf(others).at(-1);
  if (last === undefined) return "";
  return (
    ` in this version of it (${targetVersion}; ${last.experiment} was ${last.status} in ` +
    `${last.targetVersion === "" ? "one that was not recorded" : `version ${last.targetVersion}`})`
  );
}

/** Names the runs that this version cannot judge, so that the user does not search for them. */
function notCounted(doubtful: readonly RecordedVerdict[]): string {
  const last = latestOf(doubtful).at(-1);
  return last === undefined ? "" : `; ${last.runId} does not count: ${last.doubt}`;
}

/**
 * A run with a defence off is a control, and a run of a model does not count for a real target. The
 * topology may differ: one in which a zone can be lost is too large for the loss of one instance,
 * and vice versa.
 */
function counts(one: RecordedVerdict, target: string, { substrate }: Subject): boolean {
  return (
    one.doubt === undefined &&
    isWhole(one, target) &&
    isVirtual(one.substrate) === isVirtual(substrate)
  );
}

function isWhole(one: RecordedVerdict, target: string): boolean {
  return one.target === target && one.without.length === 0 && one.scale === 1;
}

/** The last run of each experiment in each topology, oldest first. */
function latestOf(recorded: readonly RecordedVerdict[]): RecordedVerdict[] {
  const sorted = recorded.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  return [
    ...new Map(sorted.map((one) => [`${one.experiment} ${one.topology}`, one])).values(),
  ].toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
}
