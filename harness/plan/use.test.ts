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

describe("the use of a service", () => {
  it("shows in links to it, if other services are declared to call it", () => {
    expect(use(named("region-a/origin")).links).toEqual([
      "region-a/edge>region-a/origin:http",
      "region-b/edge>region-a/origin:http",
    ]);
  });

  it("shows in links from it, if none leads to it", () => {
    expect(use(named("region-a/packager")).links).toEqual([
      "region-a/packager>region-a/store:http",
    ]);
  });

  it("shows in requests of the load at an entry, not in its own requests", () => {
    expect(use(edge)).toMatchObject({ isEntry: true, links: [] });
  });

  it("shows in its own counters, and in bytes only if the harness sends it no requests", () => {
    const port = { kind: "prometheus", port: "http", path: "/metrics" } as const;
    const counting = { ...lone, telemetry: [{ ...port, series: ["jobs_total", "queue"] }] };
    expect(use(counting)).toMatchObject({ counters: ["jobs_total"], bytes: false });
    expect(use(lone)).toMatchObject({ counters: [], bytes: true });
  });

  it("cannot show in virtual time or with gauges only, unless it is a standby", () => {
    expect(canShowUse(use(lone, "simulated"))).toBe(false);
    expect(canShowUse(use({ ...lone, standby: true }, "simulated"))).toBe(true);
    const port = { kind: "prometheus", port: "http", path: "/metrics" } as const;
    expect(canShowUse(use({ ...lone, telemetry: [{ ...port, series: ["queue"] }] }))).toBe(false);
  });
});
