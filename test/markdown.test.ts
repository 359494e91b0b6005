/**
 * Checks every page: plain English, lines of 100 columns, links that lead somewhere, sources that
 * exist.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import {
  anchorsIn,
  linksIn,
  pages,
  proseIn,
  root,
  sourcesIn,
  withoutCode,
} from "./support/markdown.ts";
import { avoidedIn, longSentencesIn } from "./support/word-list.ts";

const columnsMax = 100;

/** Sentences that stay long, by their beginning, with the reason. */
const longOnPurpose: Readonly<Record<string, readonly string[]>> = {};

const text = (page: string): string => readFileSync(join(root, page), "utf8");

describe.each(pages())("%s", (page) => {
  it("uses no word of the list", () => {
    expect(proseIn(text(page)).flatMap(avoidedIn)).toEqual([]);
  });

  it("has no sentence of more than 25 words", () => {
    const kept = longOnPurpose[page] ?? [];
    expect(
      proseIn(text(page))
        .flatMap(longSentencesIn)
        .filter((line) => !kept.some((beginning) => line.includes(beginning))),
    ).toEqual([]);
  });

  it("keeps its lines within 100 columns, except for tables and addresses", () => {
    const longer = withoutCode(text(page))
      .split("\n")
      .filter((line) => [...line].length > columnsMax)
      .filter((line) => !line.startsWith("|") && !/\]\([^)]{60,}\)|https?:\S{60,}/.test(line));
    expect(longer).toEqual([]);
  });

  it("links only to what exists", () => {
    const broken = linksIn(text(page)).filter((link) => !leadsSomewhere(page, link));
    expect(broken).toEqual([]);
  });

  it("names only sources that exist", () => {
    // The changelog also names what was removed.
    const named = (page === "CHANGELOG.md" ? [] : sourcesIn(text(page))).filter(
      (source) => source !== "seawall.config.ts",
    );
    const gone = named.filter(
      (source) =>
        !existsSync(join(root, source)) && !sources.some((path) => path.endsWith(`/${source}`)),
    );
    expect(gone).toEqual([]);
  });
});

/** All sources, each from a slash onwards, because a page may name one by the end of its path. */
const sources = ["harness", "targets", "experiments", "examples", "benchmarks", "test"].flatMap(
  (folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => !name.includes("node_modules"))
      .map((name) => `/${folder}/${name}`),
);

function leadsSomewhere(page: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return true;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsIn(text(target)).includes(anchor);
}

describe("the check of pages", () => {
  it("finds a word in a cell and a list, and none in code", () => {
    const page = "| a | it is told |\n\n- felt\n\n```\ntold\n```\n\n`told` and [felt](told.md)\n";
    expect(proseIn(page).flatMap(avoidedIn)).toHaveLength(3);
  });

  it("joins the lines of a sentence", () => {
    const page = `${"word ".repeat(20)}\n${"word ".repeat(20)}.\n`;
    expect(proseIn(page).flatMap(longSentencesIn)).toHaveLength(1);
  });

  it("finds a named source, and takes a placeholder for none", () => {
    expect(sourcesIn("`run/a.ts`, `NAME.ts`, `x.test.ts`, `./my.ts` and a.ts")).toEqual([
      "run/a.ts",
    ]);
  });

  it("finds a broken link, and an anchor without a heading", () => {
    expect(leadsSomewhere("README.md", "docs/README.md")).toBe(true);
    expect(leadsSomewhere("docs/README.md", "../no-such-page.md")).toBe(false);
    expect(leadsSomewhere("README.md", "#how-to-read-a-verdict")).toBe(true);
    expect(leadsSomewhere("README.md", "#no-such-heading")).toBe(false);
  });
});
