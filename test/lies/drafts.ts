/** Lies about the synthetic run: changes to its samples before it is judged. */
import { type Draft, heldDraft, runOf, type Sample, startOf } from "../support/judge/held-run.ts";
import { judge } from "../../harness/judge/judge.ts";
import { type Honest, judged, type Lie, type Outcome } from "./lie.ts";

/** The synthetic run as a record of real services. */
export function after(lie: (draft: Draft) => void): () => Outcome {
  return () => {
    const draft = heldDraft();
    draft.plan = { ...draft.plan, substrate: "process" };
    lie(draft);
    return judged(judge(runOf(draft)));
  };
}

export const of =
  (metric: string, tags: Readonly<Record<string, string>> = {}) =>
  (sample: Sample): boolean =>
    sample.metric === metric &&
    Object.entries(tags).every(([tag, value]) => sample.tags[tag] === value);
export const during =
  (chosen: (sample: Sample) => boolean, fromMs: number, untilMs: number) =>
  (sample: Sample): boolean =>
    chosen(sample) && sample.startedMs >= fromMs && sample.startedMs < untilMs;
export const inFault = (chosen: (sample: Sample) => boolean) =>
  during(chosen, startOf.fault, startOf.recovery);
/** An even selection with `share` of 1. */
export function someOf(
  chosen: (sample: Sample) => boolean,
  share: number,
): (sample: Sample) => boolean {
  let seen = 0;
  return (sample) => chosen(sample) && Math.floor(++seen * share) > Math.floor((seen - 1) * share);
}
export const hex = (value: number, digits: number): string =>
  (value % 16 ** digits).toString(16).padStart(digits, "0");
export const numberAt = (ms: number): number => Math.floor(ms / 2_000) - 1;

export function reprint(
  draft: Draft,
  chosen: (sample: Sample) => boolean,
  print: (sample: Sample) => number,
): void {
  draft.samples = draft.samples.map((sample) =>
    chosen(sample) ? { ...sample, value: print(sample) } : sample,
  );
}

export const lie = (
  name: string,
  says: string,
  caughtBy: string,
  damage: (draft: Draft) => void,
): Lie => ({ name, says, caughtBy, plant: after(damage) });
export const honest = (name: string, says: string, oddness: (draft: Draft) => void): Honest => ({
  name,
  says,
  plant: after(oddness),
});
