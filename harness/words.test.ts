/**
 * The harness knows no kind of target: knowledge of live streams belongs in their pack. None of
 * these words occurs in its sources, nor in names such as `segmentMs`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, sourcesIn } from "../test/support/sources.ts";

const words = [
  "segment",
  "edge",
  "packager",
  "cassandra",
  "varnish",
  "memcached",
  "dvr",
  "rendition",
  "manifest",
  "gateway",
  "journal",
  "viewer",
];

/** Some of them have another meaning elsewhere, and are permitted there. */
const others: readonly { readonly whose: string; readonly in: RegExp; readonly says: RegExp }[] = [
  {
    whose: "Docker: the first address of a network",
    in: /^harness\/substrates\/docker\/(?:addresses|compose|network)\.ts$/,
    says: /\bgateway\b|\bGateway\b/g,
  },
  {
    whose: "systemd: where the engine's log is",
    in: /^harness\/substrates\/docker\/engine\.ts$/,
    says: /\bjournalctl\b/g,
  },
  {
    whose: "k6: the part of a load that one of several generators makes",
    in: /^harness\/load\/runners\/part\.ts$/,
    says: /--execution-segment/g,
  },
  {
    whose: "the name of a log format",
    in: /^harness\/capture\/formats\.ts$/,
    says: /\bvarnishncsa\b/g,
  },
  {
    whose: "earlier versions: what they called things",
    in: /^harness\/(?:run\/older-records|base\/renamed)\.ts$/,
    says: /\b(?:edges?|gateways|viewers?|segmentMs)\b/g,
  },
];

/** Neither `ledger` nor `Ledger` contains an edge. */
function countIn(text: string, word: string): number {
  const capital = word.charAt(0).toUpperCase() + word.slice(1);
  return (
    text.match(new RegExp(`(?<![a-zA-Z])${word}|${capital}|${word.toUpperCase()}`, "g"))?.length ??
    0
  );
}

describe("the harness", () => {
  const texts = sourcesIn("harness", /\.(ts|js|css|json|sh)$|Dockerfile$/).map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const known = others.filter((one) => one.in.test(path));
    return { path, text, own: known.reduce((left, { says }) => left.replaceAll(says, ""), text) };
  });

  it.each(words)("never contains %s", (word) => {
    const found = texts.filter(({ own }) => countIn(own, word) > 0).map(({ path }) => path);
    expect(found, `"${word}" belongs into a pack`).toEqual([]);
  });

  it.each(others)("excludes only existing occurrences: $whose", ({ in: where, says }) => {
    expect(texts.some(({ path, text }) => where.test(path) && text.search(says) >= 0)).toBe(true);
  });

  it("is searched for whole words", () => {
    expect(countIn("ledger Ledger knowledge edges theEdge EDGE", "edge")).toBe(3);
  });
});
