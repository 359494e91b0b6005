import { expect, it } from "vitest";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { blindSpots, unlimitedWait } from "./blind-spots.ts";
import { streaming } from "../../targets/live-streaming/pack/pack.ts";
import { heldPlan } from "../../test/support/judge/held-run.ts";
import type { Layout, Service } from "../target/layout.ts";

const service = (at?: Service["at"]): Service =>
  ({ name: "edge", ...(at === undefined ? {} : { at }) }) as Service;
const layout = (edge: Service, digestHeader?: string): Layout => ({
  services: [edge],
  links: [],
  playable: () => [],
  entries: [{ service: "edge", port: "http" }],
  content: { ...heldPlan().content, ...(digestHeader === undefined ? {} : { digestHeader }) },
});
const elsewhere = service({ http: { host: "127.0.0.1", port: 8080 } });

it("lists what is not checked: checksums, and bytes of an external edge", () => {
  expect(blindSpots(layout(service(), "X-Sha"), "process", streaming)).toEqual([]);
  expect(blindSpots(layout(service()), "process", streaming)).toEqual([
    expect.stringContaining("not that they are the right ones"),
  ]);
  expect(blindSpots(layout(elsewhere, "X-Sha"), "process", streaming)).toEqual([
    expect.stringMatching(/^edge: Seawall does not run them/),
  ]);
  expect(blindSpots(layout(elsewhere), "docker", streaming)).toHaveLength(2);
  expect(blindSpots(layout(elsewhere), "simulated", streaming)).toEqual([]);
});

it("notes a missing limit on the wait of the most protected users", () => {
  const lane = "live";
  const served: Claim = {
    title: "Live segments arrive",
    statistic: "share",
    metric: "segment_ms",
    where: { lane },
    having: { outcome: "served" },
    comparison: ">=",
    limit: 0.99,
    during: ["fault"],
    samplesMin: 10,
  };
  const { having: _, ...rest } = served as Extract<Claim, { statistic: "share" }>;
  const wait: Claim = { ...rest, statistic: "p99", comparison: "<=", limit: 1_000 };
  const load = [{ lane }] as unknown as Experiment["load"];
  const notes = (hypothesis: readonly Claim[], harm = streaming.harm): readonly string[] =>
    unlimitedWait({ load, hypothesis }, harm);
  expect(notes([served])).toEqual([expect.stringMatching(/^no claim limits how long live users/)]);
  expect(notes([served, wait])).toEqual([]);
  // A limit on the wait of others does not concern these users.
  expect(notes([served, { ...wait, where: { lane: "dvr" } }])).toHaveLength(1);
  expect(notes([])).toEqual([]);
  expect(unlimitedWait({ load, hypothesis: [served] }, undefined)).toEqual([]);
});
