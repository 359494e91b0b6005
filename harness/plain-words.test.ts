/**
 * What people read is plain English: the field's own words, present tense, short sentences. This test
 * knows the words of which the project once made its dialect, and how long a sentence may be.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { textsIn } from "../test/support/texts-in.ts";

const root = resolve(import.meta.dirname, "..");

/** Each with a plain word for it. */
const dialect: Readonly<Record<string, string>> = {
  told: "reported",
  felt: "seen by users",
  heed: "follow",
  unbidden: "unexpectedly",
  whoever: "anyone who",
  whom: "who",
  "for want of": "without",
  "as ever": "as before",
  nobody: "no one, or a plain passive",
  somebody: "someone",
  "goes on": "continues",
  "go on": "continue",
  "went on": "continued",
  "let down": "failed",
  mend: "fix",
  mended: "fixed",
  anew: "again",
  amiss: "wrong",
  beforehand: "before",
  "is got": "is downloaded",
  "got by": "from",
  hurries: "skips the graceful stop",
  "give out": "fail",
  "gave out": "failed",
  "came to its end": "ended",
  "came to their end": "ended",
  "be believed": "be trusted",
  "in its stead": "instead",
  "what there is": "everything",
  "for ever": "forever",
};

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter(
      (path) =>
        /\.(ts|js)$/.test(path) &&
        !/\.test\.ts$|fixture(-samples)?\.ts$|node_modules|\.d\.ts$|\/vcl-[a-z]+\.ts$/.test(path),
    );
}

/** Names and keys are words of their own; who reads a text reads several. */
function readIn(path: string): { readonly where: string; readonly text: string }[] {
  return textsIn(readFileSync(join(root, path), "utf8"))
    .filter(({ text }) => /\p{L} \p{L}/u.test(text))
    .map(({ line, text }) => ({ where: `${path}:${line}`, text }));
}

const words = new RegExp(`(?<![\\p{L}-])(?:${Object.keys(dialect).join("|")})(?![\\p{L}-])`, "iu");

const wordsMax = 25;

/** Markup and what stands between colons, semicolons and full stops; code in other languages is no text. */
function sentencesOf(text: string): string[] {
  if (/\b(?:CREATE TABLE|sub vcl_|printf|type filter hook)\b/.test(text)) return [];
  return text.replaceAll(/<[^>]*>/g, "\n").split(/[.;:!?]\s|\n/);
}

describe("what people read", () => {
  const texts = ["harness", "targets", "experiments", "examples"].flatMap((folder) =>
    sources(folder).flatMap(readIn),
  );

  it("is seen", () => {
    expect(texts.length).toBeGreaterThan(1_000);
    expect(words.test("What is Told here")).toBe(true);
    expect(words.test("untold, or mending")).toBe(false);
  });

  it("is said in plain words", () => {
    expect(
      texts.flatMap(({ where, text }) => {
        const found = words.exec(text)?.[0];
        return found === undefined ? [] : [`${where}: "${found}" in ${text.trim()}`];
      }),
    ).toEqual([]);
  });

  it("is said in sentences of no more than 25 words", () => {
    const long = texts.flatMap(({ where, text }) =>
      sentencesOf(text)
        .filter((sentence) => (sentence.match(/[\p{L}\p{N}…'’/-]+/gu) ?? []).length > wordsMax)
        .map((sentence) => `${where}: ${sentence}`),
    );
    expect(long).toEqual([]);
  });
});
