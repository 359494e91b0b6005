import { describe, expect, test } from "vitest";
import { settingsFor, upstream } from "../../../test/support/live-streaming/edge-bench.ts";
import type { EdgeSettings } from "./settings.ts";
import { edgeVcl } from "./vcl.ts";
import { backendName } from "./vcl-backend.ts";

const origins = [
  upstream("region-a-1", "region-a", 1),
  upstream("region-a-2", "region-a", 2),
  upstream("region-b-1", "region-b", 3),
] as const;
const fills = [
  upstream("region-a-1", "region-a", 11),
  upstream("region-a-2", "region-a", 12),
  upstream("region-b-1", "region-b", 13),
];
const backendsOf = (vcl: string): string[] =>
  [...vcl.matchAll(/^backend (\w+) \{/gm)].map((match) => match[1] ?? "");
const edge = (given: Partial<EdgeSettings> = {}): string =>
  edgeVcl(settingsFor({ origins: [...origins], ...given }));

test("each lane has a backend of its own at each site, so that counters tell them apart", () => {
  expect(backendsOf(edge())).toEqual(
    origins.flatMap(({ site }) =>
      ["live", "dvr", "start", "junk"].map((lane) => backendName(lane, site)),
    ),
  );
  expect(backendsOf(edge())).toContain("live_region_a_1");
});

test("each upstream is probed once, not once a lane", () => {
  expect(edge().match(/\.probe = upstream/g)).toHaveLength(origins.length);
});

describe("each switch removes its behaviour and nothing else", () => {
  const whole = edge();
  test.each([
    ["collapsing", /hash_ignore_busy/, false],
    [
      "msTtl",
      /set beresp\.ttl = std\.duration\(beresp\.http\.X-Ttl-Ms \+ "ms", 0s\);\n {2}\} else/,
      true,
    ],
    ["rangeGate", /synth\(404, "early"\)/, true],
    ["regionFailover", /backend live_region_b_1/, true],
    ["shedCaching", /max-age=\(\[0-9\]\+\)/, true],
    ["notifications", /set resp\.http\.X-Notifications/, true],
  ] as const)("%s", (name, mark, presentWhenOn) => {
    const settings = settingsFor({ origins: [...origins] });
    const without = edgeVcl({ ...settings, defences: { ...settings.defences, [name]: false } });
    expect(mark.test(whole)).toBe(presentWhenOn);
    expect(mark.test(without)).toBe(!presentWhenOn);
    expect(without.split("\n").filter((line) => !whole.includes(line)).length).toBeLessThan(7);
  });

  test("fillTier", () => {
    const settings = settingsFor({ origins: [...origins], fills });
    expect(backendsOf(edgeVcl(settings)).every((name) => name.startsWith("fill_"))).toBe(true);
    expect(edgeVcl({ ...settings, defences: { ...settings.defences, fillTier: false } })).toBe(
      whole,
    );
  });
});

test("a lone region without a second zone has nowhere to fail over to", () => {
  expect(edge({ origins: [origins[0]] })).not.toContain("return (retry)");
});

test("a fill node never fills from fill nodes", () => {
  expect(backendsOf(edge({ role: "fill", fills }))).toEqual(backendsOf(edge()));
});

test("what could end a word of the configuration and begin another is refused, all of it at once", () => {
  const settings = settingsFor({ origins: [...origins] });
  expect(() =>
    edgeVcl({ ...settings, event: 'main"; }', renditions: ["v720", "a|b"], controlToken: "short" }),
  ).toThrow(/event/);
  expect(() => edgeVcl({ ...settings, origins: [origins[0], origins[0]] })).toThrow(
    /one origin per site/,
  );
});
