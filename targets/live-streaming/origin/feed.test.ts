import type { Publication } from "../stream/candidate.ts";
import { expect, test } from "vitest";
import type { Directive } from "./directive.ts";
import { beatMs, comebackMs, silenceMsMax, snapshotOf } from "./feed.ts";

const publication: Publication = {
  event: "main",
  rendition: "v720",
  number: 7,
  pipeline: "a",
  token: "t",
  sha256: "",
  bytes: 1,
  defects: [],
  publishedAtMs: 0,
};
const end: Directive = { kind: "end", event: "main", id: "end", version: 1, last: null };

test("sends masks before segments in a snapshot, and nothing without catch-up", () => {
  expect(snapshotOf([end], [publication], true)).toEqual([{ directive: end }, publication]);
  expect(snapshotOf([end], [publication], false)).toEqual([]);
});

test("reconnects soon, then less often, at most 1 s later; several missed heartbeats are a loss", () => {
  const waits = [0, 1, 2, 3, 4, 5, 50].map(comebackMs);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect([waits[0], waits.at(-1)]).toEqual([50, 1_000]);
  expect(silenceMsMax).toBeGreaterThan(2 * beatMs);
});
