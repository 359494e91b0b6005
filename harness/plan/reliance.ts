/** The claims that each defence protects: without the defence, one of them must be refuted. */
import type { Experiment } from "../experiment/experiment.ts";
import { unknownName } from "../base/nearest.ts";
import { claimId, findingId, type NamedClaim } from "../record/claim-ids.ts";
import type { Finding } from "../record/verdict.ts";

export interface Reliance {
  readonly defence: string;
  readonly refutes: readonly NamedClaim[];
}

type Relying = Pick<Experiment, "hypothesis" | "recovery" | "reliesOn">;

/** The names of the defences that an experiment relies on. */
export function defencesOf({ reliesOn }: Pick<Experiment, "reliesOn">): string[] {
  return isList(reliesOn) ? [...reliesOn] : Object.keys(reliesOn);
}

/**
 * Each defence with the claims that it protects; if only the defence is named, every claim that can
 * be refuted.
 */
export function reliancesOf(experiment: Relying): Reliance[] {
  const { reliesOn } = experiment;
  const all = candidates(experiment);
  if (isList(reliesOn))
    return reliesOn.map((defence) => ({ defence, refutes: named(all.filter(canBeRefuted)) }));
  return Object.entries(reliesOn).map(([defence, ids]) => ({
    defence,
    refutes: named(all.filter(({ key }) => ids.includes(key))),
  }));
}

export function relianceProblems(experiment: Relying & Pick<Experiment, "target">): string[] {
  const known = experiment.target.defences.map(({ name }) => name);
  const unknown = defencesOf(experiment)
    .filter((name) => !known.includes(name))
    .map((name) => `reliesOn: ${unknownName("defence", name, known)}`);
  const { reliesOn } = experiment;
  if (isList(reliesOn)) return unknown;
  const all = candidates(experiment);
  return [
    ...unknown,
    ...Object.entries(reliesOn).flatMap(([defence, ids]) =>
      ids.flatMap((id) => {
        const own = all.filter(({ key }) => key === id);
        if (own.length === 0) return [`reliesOn.${defence}: ${unknownId(id, all)}`];
        return own.some(canBeRefuted)
          ? []
          : [
              `reliesOn.${defence}: claim "${id}" is about the baseline alone, which cannot ` +
                "refute it",
            ];
      }),
    ),
  ];
}

/** Before claims had ids, they were named by the start of their title. */
function unknownId(id: string, all: readonly Candidate[]): string {
  const begun = all.filter(({ title }) => title.startsWith(id));
  if (begun.length === 0)
    return unknownName(
      "claim id",
      id,
      all.map(({ key }) => key),
    );
  return (
    `a claim is named by its id: write ${begun.map(({ key }) => `"${key}"`).join(" or ")} for ` +
    `"${id}"`
  );
}

/**
 * The expected claims that were refuted. A finding about the record, not the target, never counts.
 */
export function refutedAsExpected(
  refutes: readonly NamedClaim[],
  findings: readonly Pick<Finding, "id" | "status">[],
): NamedClaim[] {
  const refuted = new Set(
    findings.filter(({ status }) => status === "refuted").map(({ id }) => id),
  );
  return refutes.filter(({ id }) => refuted.has(id));
}

function isList(reliesOn: Experiment["reliesOn"]): reliesOn is readonly string[] {
  return Array.isArray(reliesOn);
}

/** `key`: the name that the experiment uses. */
interface Candidate extends NamedClaim {
  readonly key: string;
  readonly baselineOnly: boolean;
}

function candidates({ hypothesis, recovery }: Relying): Candidate[] {
  const claims = hypothesis.map((claim) => ({
    key: claimId(claim),
    id: findingId("claim", claim),
    title: claim.title,
    baselineOnly: claim.during.every((phase) => phase === "baseline"),
  }));
  if (recovery === null) return claims;
  const { title } = recovery;
  return [
    ...claims,
    { key: claimId(recovery), id: findingId("recovery", recovery), title, baselineOnly: false },
  ];
}

/** A claim that fails in the baseline is inconclusive, because there was no steady state. */
function canBeRefuted({ baselineOnly }: Candidate): boolean {
  return !baselineOnly;
}

/** A claim that occurs twice, with different limits, counts as one. */
function named(all: readonly Candidate[]): NamedClaim[] {
  return [...new Map(all.map(({ id, title }) => [id, { id, title }])).values()];
}
