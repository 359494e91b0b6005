import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesData } from "../metrics/samples.ts";
import { SampleParser } from "./sample-parser.ts";

const define = '#0 {"metric":"m","kind":"gauge","tags":{}}\n';

function parse(
  text: string,
  cuts: readonly number[] = [],
): { series: SeriesData[]; damage: string[] } {
  const bytes = Buffer.from(text);
  const parser = new SampleParser();
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  let from = 0;
  for (const end of ends) {
    parser.push(bytes.subarray(from, end));
    from = end;
  }
  const damage: string[] = [];
  return { series: parser.finish(damage), damage };
}
const values = (text: string): number[] => [...(parse(text).series[0]?.values ?? [])];

describe("sample parser", () => {
  it("does not depend on how the bytes are split", () => {
    const text =
      `${define}0,1795273445123456,12.5\n#1 ` +
      `{"metric":"größe","kind":"event","tags":{"a":"b,\\n"}}\n1,5,1e-7\n0,7,-3\n`;
    const whole = parse(text);
    expect(whole.damage).toEqual([]);
    expect(
      whole.series.map((one) => [one.metric, one.tags, [...one.atMs], [...one.values]]),
    ).toEqual([
      ["m", {}, [1795273445123.456, 0.007], [12.5, -3]],
      ["größe", { a: "b,\n" }, [0.005], [1e-7]],
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
        expect(parse(text, cuts)).toEqual(whole);
      }),
    );
  });

  it("reads every number that JavaScript can write", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 50 }),
        (numbers) => {
          expect(values(define + numbers.map((number) => `0,1,${number}\n`).join(""))).toEqual(
            numbers.map((number) => number + 0),
          );
        },
      ),
    );
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 999_999 }), (whole, fraction) => {
        expect(values(`${define}0,1,${whole}.${fraction}\n`)).toEqual([
          Number(`${whole}.${fraction}`),
        ]);
      }),
    );
  });

  it.each([
    "0,1\n",
    "0,1,\n",
    "0,,1\n",
    ",1,1\n",
    "0,1,x\n",
    "0,1,.\n",
    "0,1,-\n",
    "0,-1,1\n",
    "0,1.5,1\n",
    "9,1,1\n",
    "x,1,1\n",
    "0,1,1,1\n",
    "0,1,1.2.3\n",
    "0,1,Infinity\n",
    "0,1,NaN\n",
    "\n",
    "rubbish\n",
    "#1 {}\n",
    '#2 {"metric":"m","kind":"gauge","tags":{}}\n',
    '#1 {"metric":"m","kind":"nonsense","tags":{}}\n',
    '#1 {"metric":"m","kind":"gauge"}\n',
    '#1 {"metric":"m","kind":"gauge","tags":{"a":1}}\n',
    "#1 null\n",
    "#\n",
  ])("counts the damaged line %j and continues", (line) => {
    const { series, damage } = parse(`${define}0,1,5\n${line}0,2,6\n`);
    expect(series).toHaveLength(1);
    expect([...(series[0]?.values ?? [])]).toEqual([5, 6]);
    expect(damage).toEqual(["1 damaged lines among the samples"]);
  });

  it("drops the samples of a series with a damaged definition", () => {
    const { series, damage } = parse(
      `${define}#1 rubbish\n1,1,5\n#2 {"metric":"n","kind":"gauge","tags":{}}\n2,1,6\n1,2,7\n`,
    );
    expect(series.map((one) => one.values.length)).toEqual([0]);
    expect(damage).toEqual(["5 damaged lines among the samples"]);
  });

  it("omits a last line without an end", () => {
    expect(parse(`${define}0,1,5\n0,2,66`)).toMatchObject({
      damage: ["the last sample is cut off"],
    });
    expect(values(`${define}0,1,5\n0,2,66`)).toEqual([5]);
  });

  it("grows with its input", () => {
    const count = 5_000;
    expect(
      values(
        define + Array.from({ length: count }, (_, index) => `0,${index},${index}\n`).join(""),
      ),
    ).toEqual(Array.from({ length: count }, (_, index) => index));
  });
});
