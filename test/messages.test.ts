/**
 * Checks that the program's texts are plain English, like its pages (`markdown.test.ts`): no
 * avoided word and no long sentence. It does not read comments.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourcesIn } from "./support/sources.ts";
import { textsIn } from "./support/texts-in.ts";
import { avoidedIn, wordsIn, wordsMax } from "./support/word-list.ts";

/** Names and keys are single words; texts have several. */
function readIn(path: string): { readonly where: string; readonly text: string }[] {
  return textsIn(readFileSync(join(root, path), "utf8"))
    .filter(({ text }) => /\p{L} \p{L}/u.test(text))
    .map(({ line, text }) => ({ where: `${path}:${line}`, text }));
}

/**
 * The parts between tags, colons, semicolons and full stops. Code in another language is no text.
 */
function clausesOf(text: string): string[] {
  if (/\b(?:CREATE TABLE|sub vcl_|printf|type filter hook)\b/.test(text)) return [];
  return text.replaceAll(/<[^>]*>/g, "\n").split(/[.;:!?]\s|\n/);
}

describe("a text for people", () => {
  const texts = ["harness", "targets", "experiments", "examples"].flatMap((folder) =>
    sourcesIn(folder, /\.(ts|js)$/).flatMap(readIn),
  );

  it("is found by the check", () => {
    expect(texts.length).toBeGreaterThan(1_000);
    const code = ['f("a b", `c ', '{d("e f")} g`); // "no text"'].join("$");
    expect(textsIn(code).map(({ text }) => text)).toEqual(["a b", "e f", "c … g"]);
  });

  it("has no avoided word", () => {
    const found = texts.flatMap(({ where, text }) =>
      avoidedIn(text).map((problem) => `${where}: ${problem}`),
    );
    expect(found).toEqual([]);
  });

  it("has sentences of at most 25 words", () => {
    const long = texts.flatMap(({ where, text }) =>
      clausesOf(text)
        .filter((clause) => wordsIn(clause) > wordsMax)
        .map((clause) => `${where}: ${clause}`),
    );
    expect(long).toEqual([]);
  });
});
