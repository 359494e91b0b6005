import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SampleSink, Series } from "../../metrics/samples.ts";
import { SpoolReader, SpoolWriter } from "./spool.ts";

/** Keeps what it receives, by series. */
function collected(): SampleSink & { readonly all: (readonly [Series, number, number])[] } {
  const defined: Series[] = [];
  const all: (readonly [Series, number, number])[] = [];
  return {
    all,
    series: (series) => defined.push(series) - 1,
    sample: (id, atMs, value) => all.push([defined[id] as Series, atMs, value]),
  };
}

const series: fc.Arbitrary<Series> = fc.record({
  metric: fc.constantFrom("segment_ms", "http_req_ms", "größe"),
  kind: fc.constantFrom("duration", "event"),
  tags: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 8 }), { maxKeys: 2 }),
});
/** No text distinguishes -0 from 0, and no measurement does. */
const number = (limits: fc.DoubleConstraints): fc.Arbitrary<number> =>
  fc.double({ ...limits, noNaN: true }).map((value) => value + 0);
const samples = fc.array(
  fc.record({
    series,
    atMs: number({ min: 0, max: 2e12 }),
    value: number({ noDefaultInfinity: true }),
    endsFrame: fc.boolean(),
  }),
  { maxLength: 40 },
);
type Written = { series: Series; atMs: number; value: number; endsFrame: boolean };

function spooled(all: readonly Written[]): { text: string; written: SpoolWriter } {
  const written = new SpoolWriter();
  let text = "";
  for (const { series: one, atMs, value, endsFrame } of all) {
    written.sample(written.series(one), atMs, value);
    if (endsFrame) text += written.frame() ?? "";
  }
  return { text: text + (written.frame() ?? ""), written };
}

describe("a spool", () => {
  it("gives back every sample to the last bit, wherever reading breaks off", () => {
    fc.assert(
      fc.property(samples, fc.array(fc.nat(2_000)), (all, pieces) => {
        const { text, written } = spooled(all);
        const bytes = Buffer.from(text);
        const sink = collected();
        const reader = new SpoolReader(sink);
        // A piece may end anywhere, also within a character.
        for (const size of pieces) {
          const piece = bytes.subarray(reader.offset, reader.offset + size);
          reader.push(piece.toString("utf8"));
        }
        reader.push(bytes.subarray(reader.offset).toString("utf8"));
        expect(sink.all).toEqual(all.map(({ series: one, atMs, value }) => [one, atMs, value]));
        expect(reader.offset).toBe(bytes.length);
        expect(reader.end.samples).toBe(written.samples);
      }),
    );
  });

  it("refuses a line that was lost, changed, repeated or moved", () => {
    const whole = [0, 1, 2, 3, 4, 5].map((value) => ({
      series: { metric: "m", kind: "event", tags: {} } as const,
      atMs: value,
      value,
      endsFrame: value % 2 === 1,
    }));
    const lines = spooled(whole).text.split("\n");
    const damaged: readonly (readonly string[])[] = [
      lines.toSpliced(2, 1),
      lines.toSpliced(2, 0, lines[1] as string),
      lines.with(1, "0,0,7"),
      [lines[0] as string, ...lines.slice(2, 3), lines[1] as string, ...lines.slice(3)],
      lines.toSpliced(1, 3),
    ];
    for (const one of damaged) {
      const reader = new SpoolReader(collected());
      expect(() => reader.push(one.join("\n")), one.join(" ")).toThrow(/does not continue/);
    }
  });

  it("has no frame before there is a sample or a series", () => {
    expect(new SpoolWriter().frame()).toBe(null);
  });
});
