/**
 * Comments, test titles and names are plain English, as pages (`markdown.test.ts`) and messages
 * (`messages.test.ts`) are: no word of the list, and no long sentence.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { joined, proseOf, titlesOf } from "./support/prose-in.ts";
import { root } from "./support/sources.ts";
import { type Located, type SourceParts, splitSource } from "./support/texts-in.ts";
import { avoidedIn, avoidedNames, longSentencesIn } from "./support/word-list.ts";

/** Folders that are checked. A rewritten folder is added here. */
const folders = ["harness", "targets", "experiments", "examples", "packages", "benchmarks", "test"];

const paths = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ts|js)$/.test(path) && !path.includes("node_modules")),
);

const sources = paths.map((path) => ({
  path,
  parts: splitSource(readFileSync(join(root, path), "utf8")),
}));

/** One line per problem that `check` finds in a part of a source. */
function problems(
  of: (parts: SourceParts, path: string) => readonly Located[],
  check: (text: string) => readonly string[],
): string[] {
  return sources.flatMap(({ path, parts }) =>
    of(parts, path).flatMap(({ line, text }) =>
      check(text).map((problem) => `${path}:${line}: ${problem.replaceAll("\n", " ")}`),
    ),
  );
}

const comments = (parts: SourceParts): readonly Located[] =>
  joined(parts.comments).map(({ line, text }) => ({ line, text: proseOf(text) }));
const titles = (parts: SourceParts, path: string): readonly Located[] =>
  path.endsWith(".test.ts") ? titlesOf(parts) : [];
const lines = ({ code }: SourceParts): readonly Located[] =>
  code.split("\n").map((text, index) => ({ line: index + 1, text }));

describe("comments", () => {
  it("are found", () => {
    expect(sources.flatMap(({ parts }) => comments(parts)).length).toBeGreaterThan(3_000);
    const code = "/** One.\n * Two, `a b`. */ const a = '// no'; // Three\n// four.";
    const found = comments(splitSource(code)).map(({ text }) => text);
    expect(found).toEqual(["One.\nTwo, X.", "Three\nfour."]);
  });

  it("avoid the words of the list", () => {
    expect(problems(comments, avoidedIn)).toEqual([]);
  });

  it("have sentences of at most 25 words", () => {
    expect(problems(comments, longSentencesIn)).toEqual([]);
  });
});

describe("test titles", () => {
  it("are found", () => {
    expect(sources.flatMap(({ path, parts }) => titles(parts, path)).length).toBeGreaterThan(900);
    const code = 'describe("a", () => { it.each(["no"])("b", () => {}); it.skipIf(x)(`c`, y); });';
    expect(titlesOf(splitSource(code)).map(({ text }) => text)).toEqual(["a", "b", "c"]);
  });

  it("avoid the words of the list", () => {
    expect(problems(titles, avoidedIn)).toEqual([]);
  });

  it("have at most 25 words", () => {
    expect(problems(titles, longSentencesIn)).toEqual([]);
  });
});

describe("names in code", () => {
  it("avoid the words of the list", () => {
    expect(problems(lines, avoidedNames)).toEqual([]);
  });

  it("are split into words", () => {
    expect(avoidedNames("const hasToldUs = untold + FELT;")).toEqual(["hasToldUs", "FELT"]);
  });
});
