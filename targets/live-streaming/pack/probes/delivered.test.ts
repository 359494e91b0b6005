import { describe, expect, it } from "vitest";
import type { Series } from "../../../../harness/metrics/samples.ts";
import { type Delivery, sinkDeliveries } from "./delivered.ts";
import type { JournalEntry } from "./journal.ts";

const [right, twin, other] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
const entry = (
  pipeline: string,
  sha256: string,
  outcome: "acked" | "lost" = "acked",
): JournalEntry => ({
  seq: 1,
  startedMs: 0,
  atMs: 1,
  number: 7,
  rendition: "v360",
  pipeline,
  outcome,
  backfill: false,
  refusals: 0,
  sha256,
});
const delivery = (changes: Partial<Delivery>): Delivery => ({
  edge: "e",
  rendition: "v360",
  number: 7,
  atMs: 5,
  sha256: right,
  label: right,
  ...changes,
});

function outcomesOf(
  entries: readonly JournalEntry[],
  ...deliveries: readonly Delivery[]
): string[] {
  const series: Series[] = [];
  const seen: string[] = [];
  sinkDeliveries(deliveries, entries, {
    series: (one) => series.push(one) - 1,
    sample: (id, atMs) =>
      void seen.push(`${series[id]?.metric} ${series[id]?.tags["outcome"] ?? "-"} ${atMs}`),
  });
  return seen;
}

describe("a delivered segment", () => {
  const entries = [entry("a", right), entry("b", twin, "lost")];

  it("is right if some pipeline published these bytes and the checksum matches", () => {
    expect(
      outcomesOf(
        entries,
        delivery({}),
        delivery({ sha256: twin, label: twin }),
        delivery({ label: undefined }),
      ),
    ).toEqual(["delivered right 5", "delivered right 5", "delivered right 5"]);
  });

  it("is wrong with any other bytes, even with their own checksum", () => {
    expect(
      outcomesOf(entries, delivery({ sha256: other }), delivery({ sha256: other, label: other })),
    ).toEqual(["delivered wrong 5", "delivered wrong 5"]);
  });

  it("is mislabelled with another checksum or with none", () => {
    expect(outcomesOf(entries, delivery({ label: twin }), delivery({ label: null }))).toEqual([
      "delivered mislabelled 5",
      "delivered mislabelled 5",
    ]);
  });

  it("is unknown if no journal mentions it", () => {
    expect(outcomesOf(entries, delivery({ number: 8 }), delivery({ rendition: "v720" }))).toEqual([
      "delivered_unknown - 5",
      "delivered_unknown - 5",
    ]);
  });
});
