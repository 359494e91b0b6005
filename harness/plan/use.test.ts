import { describe, expect, it } from "vitest";
import { tinyExperiment } from "../../test/support/targets/tiny.ts";
import type { Layout, Service } from "../target/layout.ts";
import { canShowUse, useOf } from "./use.ts";

const layout = tinyExperiment.target.topologies["only"]?.layout() as Layout;
const [edge] = layout.services as [Service, ...Service[]];
const lone: Service = { ...edge, name: "region-a/lone", telemetry: [] };
const use = (service: Service, substrate: "process" | "simulated" = "process") =>
  useOf(service, { ...layout, services: [...layout.services, service] }, substrate);
const named = (name: string): Service =>
  layout.services.find((service) => service.name === name) as Service;

describe("how the use of a service shows", () => {
  it("by links to it, where others are declared to ask it", () => {
    expect(use(named("region-a/origin")).links).toEqual([
      "region-a/edge>region-a/origin:http",
      "region-b/edge>region-a/origin:http",
    ]);
  });

  it("by links from it, where nobody is", () => {
    expect(use(named("region-a/packager")).links).toEqual([
      "region-a/packager>region-a/store:http",
    ]);
  });

  it("by requests of the load, not by what it asks itself, where users go in", () => {
    expect(use(edge)).toMatchObject({ isEntry: true, links: [] });
  });

  it("by counters of its own, and by bytes only where the harness asks nothing of it", () => {
    const port = { kind: "prometheus", port: "http", path: "/metrics" } as const;
    const counting = { ...lone, telemetry: [{ ...port, series: ["jobs_total", "queue"] }] };
    expect(use(counting)).toMatchObject({ counters: ["jobs_total"], bytes: false });
    expect(use(lone)).toMatchObject({ counters: [], bytes: true });
  });

  it("not at all, unless it is a standby, in virtual time or where only gauges are read", () => {
    expect(canShowUse(use(lone, "simulated"))).toBe(false);
    expect(canShowUse(use({ ...lone, standby: true }, "simulated"))).toBe(true);
    const port = { kind: "prometheus", port: "http", path: "/metrics" } as const;
    expect(canShowUse(use({ ...lone, telemetry: [{ ...port, series: ["queue"] }] }))).toBe(false);
  });
});
