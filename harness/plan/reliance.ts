/** Which of an experiment's claims each defence protects: without the defence, one of them must be refuted. */
import type { Experiment } from "../experiment/experiment.ts";
import { unknownName } from "../base/nearest.ts";
import type { Finding } from "../record/verdict.ts";

export interface Reliance {
  readonly defence: string;
  /** Titles of claims, or of the recovery. */
  readonly refutes: readonly string[];
}

type Relying = Pick<Experiment, "hypothesis" | "recovery" | "reliesOn">;

/** The names of the defences that an experiment relies on. */
export function defencesOf({ reliesOn }: Pick<Experiment, "reliesOn">): string[] {
  return isList(reliesOn) ? [...reliesOn] : Object.keys(reliesOn);
}

/** With each defence the full titles of what it protects; where only the defence is named, of all that can be refuted. */
export function reliancesOf(experiment: Relying): Reliance[] {
  const { reliesOn } = experiment;
  if (isList(reliesOn))
    return reliesOn.map((defence) => ({ defence, refutes: refutable(experiment) }));
  return Object.entries(reliesOn).map(([defence, begun]) => ({
    defence,
    refutes: [...new Set(begun.flatMap((words) => titled(experiment, words)))],
  }));
}

export function relianceProblems(experiment: Relying & Pick<Experiment, "target">): string[] {
  const known = experiment.target.defences.map(({ name }) => name);
  const unknown = defencesOf(experiment)
    .filter((name) => !known.includes(name))
    .map((name) => `reliesOn: ${unknownName("defence", name, known)}`);
  const { reliesOn } = experiment;
  if (isList(reliesOn)) return unknown;
  const can = refutable(experiment);
  return [
    ...unknown,
    ...Object.entries(reliesOn).flatMap(([defence, begun]) =>
      begun.flatMap((words) => {
        const titles = titled(experiment, words);
        if (titles.length > 1)
          return [
            `reliesOn.${defence}: "${words}" begins ${titles.map((title) => `"${title}"`).join(" and ")}`,
          ];
        if (titles.length === 0)
          return [`reliesOn.${defence}: ${unknownName("claim", words, titlesOf(experiment))}`];
        return titles.every((title) => can.includes(title))
          ? []
          : [
              `reliesOn.${defence}: "${titles[0]}" is claimed of the baseline alone, which refutes nothing`,
            ];
      }),
    ),
  ];
}

/** Those of the expected titles that were refuted. What speaks of the record rather than of the target never counts. */
export function refutedAsExpected(
  refutes: readonly string[],
  findings: readonly Pick<Finding, "kind" | "title" | "status">[],
): string[] {
  const refuted = findings
    .filter((finding) => finding.kind !== "evidence" && finding.status === "refuted")
    .map((finding) => finding.title);
  return refutes.filter((title) => refuted.includes(title));
}

function isList(reliesOn: Experiment["reliesOn"]): reliesOn is readonly string[] {
  return Array.isArray(reliesOn);
}

function titlesOf({ hypothesis, recovery }: Relying): string[] {
  return [
    ...new Set([
      ...hypothesis.map((claim) => claim.title),
      ...(recovery === null ? [] : [recovery.title]),
    ]),
  ];
}

/** A claim that is not so in the baseline is inconclusive: there was no steady state. */
function refutable({ hypothesis, recovery }: Relying): string[] {
  const claims = hypothesis
    .filter((claim) => claim.during.some((phase) => phase !== "baseline"))
    .map((claim) => claim.title);
  return [...new Set([...claims, ...(recovery === null ? [] : [recovery.title])])];
}

/** The titles that words stand for: the one that they are, or else those that they begin. */
function titled(experiment: Relying, words: string): string[] {
  const titles = titlesOf(experiment);
  return titles.includes(words) ? [words] : titles.filter((title) => title.startsWith(words));
}
