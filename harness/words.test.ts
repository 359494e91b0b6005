/**
 * The harness knows no kind of target: knowledge of live streams belongs in their pack. These
 * numbers may only fall.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourcesIn } from "../test/support/sources.ts";

/**
 * The occurrences of each word in the harness's own sources, including names such as `segmentMs`.
 */
const most: Readonly<Record<string, number>> = {
  segment: 41,
  edge: 38,
  packager: 0,
  cassandra: 17,
  varnish: 0,
  memcached: 1,
  dvr: 2,
  rendition: 1,
  manifest: 27,
  gateway: 15,
  journal: 3,
  viewer: 22,
};

/** Neither `ledger` nor `Ledger` contains an edge. */
function countIn(text: string, word: string): number {
  const capital = word.charAt(0).toUpperCase() + word.slice(1);
  return (
    text.match(new RegExp(`(?<![a-zA-Z])${word}|${capital}|${word.toUpperCase()}`, "g"))?.length ??
    0
  );
}

describe("the harness", () => {
  const texts = sourcesIn("harness", /\.(ts|js|sh)$/)
    // k6 calls a share of its virtual users a segment, too.
    .map((path) => readFileSync(join(root, path), "utf8").replaceAll("--execution-segment", ""));

  it.each(Object.entries(most))("contains %s no more than %i times", (word, limit) => {
    const found = texts.reduce((total, text) => total + countIn(text, word), 0);
    expect(found, `"${word}": what is new of it belongs into a pack`).toBeLessThanOrEqual(limit);
    expect(found, `"${word}" stands only ${found} times now: write that here`).toBeGreaterThan(
      0.9 * limit - 2,
    );
  });

  it("is searched for whole words", () => {
    expect(countIn("ledger Ledger knowledge edges theEdge EDGE", "edge")).toBe(3);
  });
});
