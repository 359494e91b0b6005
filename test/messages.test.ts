/**
 * What people read of the program is plain English, as its pages are (`markdown.test.ts`): its
 * texts have no word that is to be avoided, and no long sentence. Comments are not read here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourcesIn } from "./support/sources.ts";
import { textsIn } from "./support/texts-in.ts";
import { avoidedIn, wordsIn, wordsMax } from "./support/word-list.ts";

/** Names and keys are single words; what people read has several. */
function readIn(path: string): { readonly where: string; readonly text: string }[] {
  return textsIn(readFileSync(join(root, path), "utf8"))
    .filter(({ text }) => /\p{L} \p{L}/u.test(text))
    .map(({ line, text }) => ({ where: `${path}:${line}`, text }));
}

/**
 * What stands between tags, colons, semicolons and full stops; code in another language is no text.
 */
function clausesOf(text: string): string[] {
  if (/\b(?:CREATE TABLE|sub vcl_|printf|type filter hook)\b/.test(text)) return [];
  return text.replaceAll(/<[^>]*>/g, "\n").split(/[.;:!?]\s|\n/);
}

describe("what people read", () => {
  const texts = ["harness", "targets", "experiments", "examples"].flatMap((folder) =>
    sourcesIn(folder, /\.(ts|js)$/).flatMap(readIn),
  );

  it("is seen", () => {
    expect(texts.length).toBeGreaterThan(1_000);
    const code = ['f("a b", `c ', '{d("e f")} g`); // "no text"'].join("$");
    expect(textsIn(code).map(({ text }) => text)).toEqual(["a b", "e f", "c … g"]);
  });

  it("is said in plain words", () => {
    const found = texts.flatMap(({ where, text }) =>
      avoidedIn(text).map((problem) => `${where}: ${problem}`),
    );
    expect(found).toEqual([]);
  });

  it("is said in sentences of no more than 25 words", () => {
    const long = texts.flatMap(({ where, text }) =>
      clausesOf(text)
        .filter((clause) => wordsIn(clause) > wordsMax)
        .map((clause) => `${where}: ${clause}`),
    );
    expect(long).toEqual([]);
  });
});
