import { describe, expect, test } from "vitest";
import { backendName, type EdgeSettings, edgeVcl } from "./vcl.ts";

const on = { collapsing: true, msTtl: true, rangeGate: true, regionFailover: true, shedCaching: true };
const settings = (without: Partial<typeof on> = {}): EdgeSettings => ({
  origins: [
    { region: "region-a", endpoint: { host: "127.1.1.14", port: 18080 } }, { region: "region-b", endpoint: { host: "127.2.1.14", port: 18080 } },
  ],
  event: "main", renditions: ["v720", "audio"], segmentSeconds: 2, liveSegments: 5, dvrWindowSegments: 1800, holdGraceSeconds: 1,
  defences: { ...on, ...without },
});

test("each lane has a backend of its own in each region, so that counters tell them apart", () => {
  const names = [...edgeVcl(settings()).matchAll(/^backend (\w+) \{/gm)].map((match) => match[1]);
  expect(names).toEqual(["region-a", "region-b"].flatMap((region) => ["live", "dvr", "start", "junk"].map((lane) => backendName(lane, region))));
  expect(names).toContain("live_region_a");
});

describe("each switch removes its behaviour and nothing else", () => {
  const whole = edgeVcl(settings());
  test.each([
    ["collapsing", /hash_ignore_busy/, false], ["msTtl", /X-Ttl-Ms \+ "ms"/, true], ["rangeGate", /synth\(404, "early"\)/, true],
    ["regionFailover", /return \(retry\)/, true], ["shedCaching", /max-age=\(\[0-9\]\+\)/, true],
  ] as const)("%s", (name, mark, presentWhenOn) => {
    const without = edgeVcl(settings({ [name]: false }));
    expect(mark.test(whole)).toBe(presentWhenOn);
    expect(mark.test(without)).toBe(!presentWhenOn);
    expect(without.split("\n").filter((line) => !whole.includes(line)).length).toBeLessThan(6);
  });
});

test("a lone region has nowhere to fail over to", () => {
  const [own] = settings().origins;
  expect(edgeVcl({ ...settings(), origins: [own] })).not.toContain("return (retry)");
});
