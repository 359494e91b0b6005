import { describe, expect, it } from "vitest";
import { originGetsOf, parseBackends } from "./varnish.ts";

/** Output of varnishstat 7.1 with `-1 -j -f VBE.*.req`, shortened. */
const text = JSON.stringify({
  version: 1,
  timestamp: "2026-11-21T15:50:45",
  counters: {
    "VBE.boot.live_region_a.req": {
      description: "Backend requests sent",
      flag: "c",
      format: "i",
      value: 120,
    },
    "VBE.boot.dvr_region_a.req": { flag: "c", format: "i", value: 7 },
    "VBE.reload_1.live_region_a.req": { flag: "c", format: "i", value: 3 },
    "VBE.boot.live_region_a.busy": { flag: "c", format: "i", value: 9 },
    "MAIN.backend_req": { value: 130 },
    "MAIN.client_req": { value: 412 },
    "VBE.boot.live_region_b.req": { flag: "c" },
  },
});

describe("varnishstat", () => {
  it("counts requests by backend, over all configurations of one Varnish", () => {
    expect(parseBackends(text)).toEqual([
      { backend: "live_region_a", requests: 123 },
      { backend: "dvr_region_a", requests: 7 },
      { backend: "live_region_b", requests: 0 },
    ]);
  });

  it("reports nothing without counters, and throws on an invalid answer", () => {
    expect(parseBackends("{}")).toEqual([]);
    expect(parseBackends('{"counters":{}}')).toEqual([]);
    for (const broken of ["", "Could not get hold of varnishd", text.slice(0, 40)])
      expect(() => parseBackends(broken)).toThrow();
  });

  it("gets lane and origin from a backend's name", () => {
    const counts = [
      "live_region_a",
      "dvr_region_a_2",
      "fill_live_region_a",
      "live_fill",
      "default",
    ].map((backend, index) => ({ backend, requests: index + 1 }));
    expect(originGetsOf(counts)).toEqual([
      { lane: "live", origin: "region-a", requests: 1 },
      { lane: "dvr", origin: "region-a-2", requests: 2 },
      { lane: "live", origin: "fill", requests: 4 },
      { lane: "junk", origin: "default", requests: 5 },
    ]);
  });

  it("reports zero origin requests of an edge with fill nodes only, and nothing of an unread one", () => {
    expect(
      originGetsOf([
        { backend: "fill_live_region_a", requests: 7 },
        { backend: "fill_dvr_region_a", requests: 2 },
      ]),
    ).toEqual([{ lane: "live", origin: "none", requests: 0 }]);
    expect(originGetsOf([])).toEqual([]);
  });
});
