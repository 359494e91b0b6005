/**
 * Plain English: the words that no page and no message uses, with what to write instead, and the
 * longest sentence. `test/markdown.test.ts` checks pages, `test/messages.test.ts` messages, and
 * `test/comments.test.ts` comments, test titles and names.
 */

export interface Avoided {
  readonly pattern: RegExp;
  readonly instead: string;
}

const avoid = (pattern: string, instead: string): Avoided => ({
  pattern: new RegExp(`\\b(?:${pattern})\\b`, "gi"),
  instead,
});

export const avoided: readonly Avoided[] = [
  avoid("told", "reports, records, informs"),
  avoid("tells? of|tell apart", "reports, shows, distinguishes"),
  avoid("felt", "the effect on users, or the verb that names it"),
  avoid("heed(?:s|ed)?", "reads, honours"),
  avoid("unbidden", "unexpectedly"),
  avoid("whoever|whomever|whosoever", "the reader, operator or service that is meant"),
  avoid("nobody|somebody|anybody|everybody", "the noun: no viewer, an operator, any client"),
  avoid("for want of", "because there is no …"),
  avoid("as ever", "as usual, unchanged"),
  avoid("go(?:es|ing)? on|went on|gone on", "continues, happens"),
  avoid("hurr(?:y|ies|ied)", "skips graceful teardown"),
  avoid("mend(?:s|ed|ing)?", "fixes, repairs"),
  avoid("anew", "again, new"),
  avoid("beforehand", "in advance, before the run"),
  avoid("(?:comes?|came|coming) to (?:its|their) ends?", "ends, finishes"),
  avoid("what it comes to", "the result"),
  avoid("all that is wrong", "all problems"),
  avoid("what is wrong with", "the problems of"),
  avoid("lets? go of", "drops, releases"),
  avoid("(?:is|are|be) to be had", "is available"),
  avoid("unheard of", "unknown"),
  avoid("of (?:its|their) own accord", "without a request"),
  avoid("stand(?:s|ing)? in for", "replaces, simulates"),
  avoid("at the word of", "on request of"),
  avoid("gone badly|go badly|went badly", "fails"),
  avoid("in the midst of", "during"),
  avoid("wherein|whereof|thereof|therein|thereupon|whence|hence", "in which, of it, so"),
  avoid("shall", "must, will"),
  avoid("let down", "fails"),
  avoid("amiss", "wrong"),
  avoid("(?:is|are|be) got|got by", "is downloaded, from"),
  avoid("g(?:ive|ives|ave) out", "fails"),
  avoid("be believed", "be trusted"),
  avoid("in (?:its|their) stead", "instead"),
  avoid("for ever", "forever"),
];

/** The longest sentence, in words. A code span is one word. */
export const wordsMax = 25;

/** One line for each word of the text that is not to be used. */
export function avoidedIn(text: string): string[] {
  return avoided.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map(
      ({ 0: found, index }) => `"${found}" (${instead}) in: ${around(text, index)}`,
    ),
  );
}

/** The sentences of the text that are too long, each with its number of words. */
export function longSentencesIn(text: string): string[] {
  return sentencesOf(text)
    .map((sentence) => ({ sentence, words: wordsIn(sentence) }))
    .filter(({ words }) => words > wordsMax)
    .map(({ sentence, words }) => `${words} words: ${sentence}`);
}

/** A full stop inside a number, a version or a file name ends no sentence. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.?!…]["”’)\]]?)\s+(?![a-z])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
}

/** Signs that stand alone, such as `=` or an arrow, are no words. */
export function wordsIn(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Words that no name contains; those of the list that are ordinary code are missing. */
const notInNames =
  /^(?:told|tells|felt|mend(?:s|ed)?|(?:un)?heed(?:s|ed)?|whoever|(?:no|some)body|hurr(?:y|ies))$/i;

/** Fields and keys of recorded documents, which keep their names. */
const recorded: ReadonlySet<string> = new Set(["felt", "nobody"]);

/** The names in code that contain such a word: `hasTold` consists of `has` and `Told`. */
export function avoidedNames(code: string): string[] {
  return (code.match(/[A-Za-z_$][\w$]*/g) ?? []).filter(
    (name) =>
      !recorded.has(name) &&
      name.split(/(?<=[a-z0-9])(?=[A-Z])|_/).some((word) => notInNames.test(word)),
  );
}

function around(text: string, index: number): string {
  return text.slice(Math.max(0, index - 30), index + 40).replace(/\s+/g, " ");
}
