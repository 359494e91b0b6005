import { expect, it } from "vitest";
import { blindSpots } from "./blind-spots.ts";
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
