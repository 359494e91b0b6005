import { describe, expect, it } from "vitest";
import { avoidedIn, longSentencesIn, sentencesOf, wordsIn, wordsMax } from "./word-list.ts";

const sentence = (words: number): string => `${"word ".repeat(words - 1)}end.`;

describe("the word list", () => {
  it.each([
    "The operator is told.",
    "What viewers felt",
    "It heeds the variable.",
    "a death that comes unbidden",
    "Whoever asks",
    "nobody asks",
    "fails for want of room",
    "started as ever",
    "while the load goes on",
  ])("finds an avoided word: %s", (text) => {
    expect(avoidedIn(text)).toHaveLength(1);
  });

  it.each([
    "The verdict cannot tell.",
    "an intolerable delay",
    "the body of the answer",
    "an amended plan",
    "The store holds it; the heedless word is another one.",
  ])("accepts others: %s", (text) => {
    expect(avoidedIn(text)).toEqual([]);
  });
});

describe("a sentence", () => {
  it("is long from one word above the limit", () => {
    expect(longSentencesIn(sentence(wordsMax))).toEqual([]);
    expect(longSentencesIn(sentence(wordsMax + 1))).toHaveLength(1);
    expect(longSentencesIn(`${sentence(20)} W${sentence(20).slice(1)}`)).toEqual([]);
  });

  it("ends at a full stop before another sentence", () => {
    expect(sentencesOf("It takes 2.5 s. See `a.ts`. Is it held? It is.")).toEqual([
      "It takes 2.5 s.",
      "See `a.ts`.",
      "Is it held?",
      "It is.",
    ]);
  });

  it("does not count a sign as a word", () => {
    expect(wordsIn("p99 ≤ 1 500 ms → held")).toBe(5);
  });
});
