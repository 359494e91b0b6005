import { expect, test } from "vitest";
import { timeless } from "../stream/address.ts";
import { createMetadata } from "./metadata.ts";
import type { Publication } from "../stream/candidate.ts";

const publication = (change: Partial<Publication> = {}): Publication => ({
  event: "main",
  rendition: "v720",
  number: 7,
  pipeline: "a",
  token: "1700000000000-a",
  sha256: "s",
  bytes: 1,
  defects: [],
  publishedAtMs: 0,
  ...change,
});
const leaf = { event: "main", rendition: "v720", number: 7 };
const signal = new AbortController().signal;

test("ignores a replay, replaces by a later token, and not by an earlier one", () => {
  const metadata = createMetadata();
  expect(metadata.add(publication())).toBe(true);
  expect(metadata.add(publication())).toBe(false);
  expect(metadata.add(publication({ token: "1600000000000-a" }))).toBe(false);
  expect(metadata.add(publication({ token: "1800000000000-a", sha256: "new" }))).toBe(true);
  expect(metadata.candidates(leaf).map(({ sha256 }) => sha256)).toEqual(["new"]);
});

test("keeps pipelines side by side", () => {
  const metadata = createMetadata();
  metadata.add(publication());
  metadata.add(publication({ pipeline: "b" }));
  expect(metadata.candidates(leaf).map(({ pipeline }) => pipeline)).toEqual(["a", "b"]);
});

test("wakes a thousand waiting requests by one publication, and by no other", async () => {
  const metadata = createMetadata();
  const waiters = Array.from({ length: 1000 }, () => metadata.published(leaf, 5000, signal));
  expect(metadata.waiting).toBe(1000);
  metadata.add(publication({ number: 8 }));
  expect(metadata.waiting).toBe(1000);
  metadata.add(publication());
  expect((await Promise.all(waiters)).every(Boolean)).toBe(true);
  expect(metadata.waiting).toBe(0);
});

test("ends the wait at the deadline and when the viewer leaves", async () => {
  const metadata = createMetadata();
  expect(await metadata.published(leaf, 5, signal)).toBe(false);
  const left = new AbortController();
  const waiting = metadata.published(leaf, 60_000, left.signal);
  left.abort();
  expect(await waiting).toBe(false);
  expect(metadata.waiting).toBe(0);
});

test("forgets old segments, and keeps the manifest", () => {
  const metadata = createMetadata();
  metadata.add(publication());
  metadata.add(publication({ number: timeless }));
  metadata.forgetBefore(8);
  expect(metadata.all().map(({ number }) => number)).toEqual([timeless]);
});

test("counts gaps between the oldest and newest of one pipeline and rendition, from a number on", () => {
  const metadata = createMetadata();
  expect(metadata.gaps(0)).toBe(0);
  for (const number of [10, 11, 15]) metadata.add(publication({ number, pipeline: "a" }));
  for (const number of [11, 12, 13]) metadata.add(publication({ number, pipeline: "b" }));
  metadata.add(publication({ number: timeless }));
  expect(metadata.gaps(0)).toBe(3);
  expect(metadata.gaps(12)).toBe(0);
  metadata.add(publication({ number: 12, pipeline: "a" }));
  expect(metadata.gaps(0)).toBe(2);
});
