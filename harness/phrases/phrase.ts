/** A phrase: the words of one fact, with its values inserted. */
import type { EvidenceFacts, EvidenceId } from "../record/facts.ts";

/** A constant text, or a function of the values that it uses. */
export type Phrase<Values> = string | ((values: Values) => string);

/** One phrase per fact. */
export type PhrasesFor<Facts> = { readonly [Fact in keyof Facts]: Phrase<Facts[Fact]> };

/**
 * The title of each rule, which is true when the rule holds, and the phrases of its facts. A phrase
 * is a clause without a full stop.
 */
export type Rules<Id extends EvidenceId> = {
  readonly [One in Id]: {
    readonly title: string;
    readonly facts: PhrasesFor<EvidenceFacts[One]>;
  };
};

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
