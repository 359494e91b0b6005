/**
 * What must have held before an experiment may run: the experiments that it requires by name, and
 * for each tier one of the tier below it, on the same target in the same version. Recorded verdicts
 * count, nobody's word does.
 */
import type { Experiment } from "../experiment/experiment.ts";
import type { Status } from "../record/verdict.ts";
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import { tierOf } from "../experiment/tiers.ts";

/** One run as its directory tells of it. */
export interface RecordedVerdict {
  /** Begins with the time of the run, so that later runs have greater ids. */
  readonly runId: string;
  readonly experiment: string;
  readonly tier: string;
  readonly target: string;
  readonly topology: string;
  readonly substrate: string;
  /** Empty in records from before versions were kept. */
  readonly targetVersion: string;
  /** Defences that were off. */
  readonly without: readonly string[];
  /** Of the audience that the experiment plans; what held with another has not held with that. */
  readonly scale: number;
  readonly status: Status;
  /** Where its record is; missing of one that is only presumed. */
  readonly directory?: string;
  /** Why nothing follows from it, in one sentence; missing where it counts. */
  readonly doubt?: string;
}

/** What is about to be run. */
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
    // In the same topology, if it was run there: a failure there is not made good by another
    // topology.
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

/**
 * Of the recorded verdicts, those held ones on which this experiment would rest: their records
 * deserve a second look.
 */
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

/**
 * What was seen of another version says nothing of this one, but whoever has seen it wants to know
 * why it does not count.
 */
function elsewhere(others: readonly RecordedVerdict[], targetVersion: string): string {
  const last = latestOf(others).at(-1);
  if (last === undefined) return "";
  return (
    ` in this version of it (${targetVersion}; ${last.experiment} was ${last.status} in ` +
    `${last.targetVersion === "" ? "one that was not recorded" : `version ${last.targetVersion}`})`
  );
}

/** A run that this version cannot judge is named, so that nobody looks for it in vain. */
function notCounted(doubtful: readonly RecordedVerdict[]): string {
  const last = latestOf(doubtful).at(-1);
  return last === undefined ? "" : `; ${last.runId} does not count: ${last.doubt}`;
}

/**
 * A run with a defence off is a control, and what held in a model has not held on the real thing.
 * The topology may be another one: what a zone needs to be lost has no room in the topology in
 * which one instance is, and the other way round.
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
