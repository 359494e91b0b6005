import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { settingsFor, upstream } from "../../../test/support/live-streaming/edge-bench.ts";
import type { EdgeSettings } from "./settings.ts";
import { edgeVcl } from "./vcl.ts";
import { backendName } from "./vcl-upstreams.ts";

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
/** The files in the order in which Varnish includes them. */
function read(settings: EdgeSettings): string {
  const files = edgeVcl(settings);
  const included = (path: string): string =>
    (files[path] ?? `no file ${path}`).replace(/^include "\.\/(.+)";$/gm, (_, name: string) =>
      included(join(path, "..", name)),
    );
  return included("vcl/edge.vcl");
}
const edge = (given: Partial<EdgeSettings> = {}): string =>
  read(settingsFor({ origins: [...origins], ...given }));

test("gives each lane its own backend at each site, so that counters distinguish them", () => {
  expect(backendsOf(edge())).toEqual(
    origins.flatMap(({ site }) =>
      ["live", "dvr", "start", "junk"].map((lane) => backendName(lane, site)),
    ),
  );
  expect(backendsOf(edge())).toContain("live_region_a_1");
});

test("probes each upstream once, not once per lane", () => {
  expect(edge().match(/\.probe = upstream/g)).toHaveLength(origins.length);
});

describe("removes one behaviour per switch and nothing else", () => {
  const whole = edge();
  test.each([
    ["collapsing", /hash_ignore_busy/, false],
    [
      "msTtl",
      /sub keep_answer \{ set beresp\.ttl = std\.duration\(beresp\.http\.X-Ttl-Ms \+ "ms"/,
      true,
    ],
    ["rangeGate", /synth\(404, "early"\)/, true],
    ["regionFailover", /backend live_region_b_1/, true],
    ["shedCaching", /max-age=\(\[0-9\]\+\)/, true],
    ["notifications", /set resp\.http\.X-Notifications/, true],
  ] as const)("%s", (name, mark, presentWhenOn) => {
    const settings = settingsFor({ origins: [...origins] });
    const without = read({ ...settings, defences: { ...settings.defences, [name]: false } });
    expect(mark.test(whole)).toBe(presentWhenOn);
    expect(mark.test(without)).toBe(!presentWhenOn);
    expect(without.split("\n").filter((line) => !whole.includes(line)).length).toBeLessThan(9);
  });

  test("fillTier", () => {
    const settings = settingsFor({ origins: [...origins], fills });
    expect(backendsOf(read(settings)).every((name) => name.startsWith("fill_"))).toBe(true);
    expect(read({ ...settings, defences: { ...settings.defences, fillTier: false } })).toBe(whole);
  });
});

test("has no failover in a single region with one zone", () => {
  expect(edge({ origins: [origins[0]] })).toContain('var.set_int("retries_max", 0)');
});

test("retries two other regions if there are several, and none in a single region", () => {
  expect(edge()).toContain('var.set_int("retries_max", 2)');
  expect(edge()).toContain("set bereq.http.X-Skip = bereq.http.X-Region");
  expect(edge({ origins: [origins[0], origins[1]] })).toContain("sub ask_another_region {}");
});

test("declares every value that a rule reads, with the same type, and no other", () => {
  const used = (text: string, verb: string): Set<string> =>
    new Set(
      [...text.matchAll(new RegExp(`var\\.${verb}_(\\w+)\\("(\\w+)"`, "g"))].map(
        ([, type, name]) => `${type} ${name}`,
      ),
    );
  const all = [edge(), edge({ fills }), edge({ role: "fill" })].join("\n");
  expect(used(all, "get")).toEqual(used(all, "set"));
});

test.each(["edge.vcl", "settings.vcl"])(
  "has an example node's %s in the repository",
  async (name) => {
    const text = edgeVcl(
      settingsFor({ origins: [...origins], controlToken: "token-of-the-example" }),
    )[`vcl/${name}`];
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, "vcl", name));
  },
);

test("has no rule longer than 100 columns", () => {
  const rules = Object.entries(edgeVcl(settingsFor({ origins: [...origins], fills })));
  expect(rules.length).toBeGreaterThan(20);
  expect(
    rules
      .filter(([path]) => path !== "vcl/settings.vcl")
      .flatMap(([path, text]) =>
        text.split("\n").flatMap((line) => (line.length > 100 ? `${path}: ${line}` : [])),
      ),
  ).toEqual([]);
});

test("never lets a fill node fill from a fill node", () => {
  expect(backendsOf(edge({ role: "fill", fills }))).toEqual(backendsOf(edge()));
});

test("refuses every value that could break out of a VCL string, all in one error", () => {
  const settings = settingsFor({ origins: [...origins] });
  expect(() =>
    edgeVcl({ ...settings, event: 'main"; }', renditions: ["v720", "a|b"], controlToken: "short" }),
  ).toThrow(/event/);
  expect(() => edgeVcl({ ...settings, origins: [origins[0], origins[0]] })).toThrow(
    /one origin per site/,
  );
});
