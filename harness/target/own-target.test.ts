import { describe, expect, it } from "vitest";
import { defineExperiment, type Experiment } from "../experiment/experiment.ts";
import type { Fault } from "../faults/faults.ts";
import { streamTarget } from "../../targets/live-streaming/pack/own-target/stream-target.ts";
import type { Topology } from "./target.ts";
import { defineTarget } from "./own-target.ts";
import type { Running } from "./own-target-description.ts";
import type { Planned } from "../plan/options.ts";
import { planExperiment } from "../plan/plan.ts";

const stream = {
  event: "main",
  segmentMs: 2_000,
  availabilityStartMs: 0,
  segmentPath: "/{event}/{rendition}/{number}.m4s",
  dvrSegments: 10,
  renditions: [{ name: "v360", kind: "video" as const, bitsPerSecond: 1_000 }],
};

function planned(
  running: Partial<Running>,
  fault: Fault,
  allowHosts: readonly string[] = [],
): Planned {
  const target = streamTarget({
    name: "theirs",
    stream,
    entries: ["edge"],
    links: [["users", "edge"]],
    services: [
      { name: "edge", url: "http://127.0.0.1:8080", ...running },
      {
        name: "helper",
        port: 18_300,
        launch: () => ({ command: "true", args: [], env: {}, files: {} }),
      },
    ],
  });
  const experiment: Experiment = defineExperiment({
    name: "x",
    title: "X",
    story: "X.",
    tier: "latency",
    target,
    topology: "own",
    phasesMs: { baseline: 8_000, fault: 10_000, recovery: 16_000 },
    load: [
      {
        name: "live",
        workload: "viewers",
        exec: "live",
        lane: "live",
        ratePerSecond: { baseline: 20, fault: 20, recovery: 20 },
        vus: 50,
      },
    ],
    hypothesis: [
      {
        title: "served",
        metric: "segment_ms",
        statistic: "share",
        having: { outcome: "served" },
        comparison: ">=",
        limit: 0.99,
        during: ["fault"],
        samplesMin: 10,
      },
    ],
    recovery: {
      title: "back",
      goodput: { metric: "segment_ms" },
      having: { outcome: "served" },
      shareMin: 0.99,
      ofBaselineMin: 0.8,
      withinMs: 4_000,
      windowMs: 4_000,
    },
    method: [{ atMs: 0, forMs: 5_000, fault }],
    blastRadius: { services: ["edge", "helper"], faultsAtOnceMax: 1 },
    abortWhen: [],
    reliesOn: [],
  });
  return planExperiment(experiment, {
    substrate: "process",
    substrateWhy: "test",
    supports: () => true,
    seed: 1,
    without: [],
    topology: null,
    allowHosts,
    workloadExports: () => ["live"],
    rerun: "",
  } as Parameters<typeof planExperiment>[1]);
}

const wayIn: Fault = {
  kind: "latency",
  links: { from: { service: "users" }, to: { service: "edge" } },
  delayMs: 100,
  jitterMs: 0,
};

describe("a user's own target", () => {
  it("is planned like any other, without defences", () => {
    const { layout, plan } = planned({}, wayIn);
    expect(plan.services.map(({ name, kind, region }) => [name, kind, region])).toEqual([
      ["edge", "edge", "own"],
      ["helper", "helper", "own"],
    ]);
    expect(layout.services[0]?.at).toEqual({ http: { host: "127.0.0.1", port: 8080 } });
    expect(layout.playable(20_000)).toEqual([
      { service: "edge", port: "http", path: "/main/v360/7.m4s" },
    ]);
  });

  it.each([
    ["http://127.1.2.3:80", []],
    ["http://localhost:1234", []],
    ["http://198.18.0.5:80", []],
    ["http://198.19.255.5", []],
    ["http://edge.example:80", ["edge.example"]],
    ["https://edge.example/cdn/live", ["edge.example"]],
  ])("may run at %s", (url, allowed) => {
    expect(() => planned({ url }, wayIn, allowed)).not.toThrow();
  });

  it.each([
    "http://10.0.0.1:80",
    "http://edge.example:80",
    "http://198.20.0.1",
    "http://128.0.0.1",
    "http://localhost.example:80",
    "http://127.evil.example",
    "https://edge.example:8443",
    "http://[::2]:80",
    "http://[::ffff:10.0.0.1]:80",
  ])("may not run at %s without --allow-host", (url) => {
    expect(() => planned({ url }, wayIn)).toThrow(
      `load and faults need --allow-host ${new URL(url).hostname.replaceAll(/[[\]]/g, "")}`,
    );
  });

  it("allows the named host and no other", () => {
    expect(() => planned({ url: "http://a.example" }, wayIn, ["b.example"])).toThrow(
      "--allow-host a.example",
    );
  });

  it.each(["ftp://127.0.0.1", "edge:80", "http://user@127.0.0.1", "http://127.0.0.1/?x"])(
    "refuses an address such as %s",
    (url) => {
      expect(() => planned({ url }, wayIn)).toThrow("must read http://HOST:PORT");
    },
  );

  it("refuses a kill of a service that Seawall did not start", () => {
    expect(() => planned({}, { kind: "kill", service: "edge" })).toThrow(
      "edge is not run by Seawall: faults can strike only the links to it",
    );
    expect(() => planned({}, { kind: "kill", service: "helper" })).not.toThrow();
  });

  it("can start from a compose file", () => {
    const target = streamTarget({
      name: "theirs",
      stream,
      entries: ["edge"],
      services: [{ name: "edge", url: "http://127.0.0.1" }],
      outside: { composeFile: "/x/compose.yml" },
    });
    const { up, down } = target.topologies["own"]?.layout().outside ?? {};
    expect(up?.args.join(" ")).toBe(
      "compose -f /x/compose.yml -p seawall-theirs up --detach --wait",
    );
    expect(down?.args.join(" ")).toBe(
      "compose -f /x/compose.yml -p seawall-theirs down --volumes --remove-orphans --timeout 5",
    );
  });

  it("names the wrong reference", () => {
    expect(
      streamTarget({
        name: "theirs",
        stream,
        entries: ["edgee"],
        services: [{ name: "edge", url: "http://127.0.0.1" }],
      }).problems?.(1),
    ).toEqual([
      'target theirs: entries: unknown service "edgee"; did you mean "edge"? (known: edge)',
    ]);
    expect(() => planned({}, { ...wayIn, links: { from: { service: "user" } } })).toThrow('"user"');
  });

  it("says how HTTP is spoken there, and at which other ports it listens", () => {
    const own = defineTarget({
      name: "shop",
      services: [
        {
          name: "shop",
          url: "https://[::1]:8443/api/v2/",
          ports: { amqp: "[::1]:5672" },
          host: "shop.example",
          headers: { "X-Env": "staging" },
          secretHeaders: { Authorization: "SHOP_TOKEN" },
          tls: { ca: "/pem/ca.pem" },
          operations: {
            flush: { kind: "http", port: "http", method: "POST", path: "/flush" },
            deploy: { kind: "command", command: () => ({ command: "true", args: [], env: {} }) },
          },
        },
        {
          name: "cache",
          port: 18_450,
          https: true,
          ports: { admin: 18_451 },
          launch: () => ({ command: "true", args: [], env: {}, files: {} }),
        },
      ],
      links: [
        ["users", "shop"],
        ["cache", "shop:amqp"],
        ["shop", "cache:admin"],
      ],
      entries: ["shop"],
      probes: [{ service: "shop", path: "/orders/1", lane: "order" }],
    });
    expect(own.problems?.(1)).toEqual([]);
    const { services, links } = (own.topologies["own"] as Topology).layout();
    expect(services[0]).toMatchObject({
      at: { http: { host: "::1", port: 8_443 }, amqp: { host: "::1", port: 5_672 } },
      ports: { http: 8_443, amqp: 5_672 },
      access: {
        http: {
          tls: { ca: "/pem/ca.pem" },
          basePath: "/api/v2",
          hostHeader: "shop.example",
          headers: { "X-Env": "staging" },
          secretHeaders: { Authorization: "SHOP_TOKEN" },
        },
      },
    });
    expect(Object.keys(services[0]?.operations ?? {})).toEqual(["flush", "deploy"]);
    expect(services[1]).toMatchObject({
      ports: { http: 18_450, admin: 18_451 },
      access: { http: { tls: {} } },
    });
    expect(links).toEqual([
      { from: "users", to: "shop", port: "http" },
      { from: "cache", to: "shop", port: "amqp" },
      { from: "shop", to: "cache", port: "admin" },
    ]);
  });

  it.each<readonly [string, object, RegExp]>([
    ["a key without its certificate", { tls: { key: "/k.pem" } }, /cert needs key/],
    ["a relative path", { tls: { ca: "ca.pem" } }, /the whole path of a file/],
    ["TLS where none is spoken", { url: "http://127.0.0.1", tls: {} }, /does not speak https/],
    ["a secret in its own words", { secretHeaders: { A: "Bearer x" } }, /the name of a variable/],
    ["a port that is none", { ports: { amqp: "5672" } }, /must read HOST:PORT/],
    ["an operation of no kind", { operations: { x: { kind: "y" } } }, /operations/],
  ])("says what is wrong with %s", (_what, changes, problem) => {
    const own = defineTarget({
      name: "shop",
      services: [{ name: "shop", url: "https://127.0.0.1", ...changes }],
      entries: ["shop"],
      probes: [{ service: "shop", path: "/", lane: "order" }],
    } as Parameters<typeof defineTarget>[0]);
    expect(own.problems?.(1).join("\n")).toMatch(problem);
  });

  it("knows the ports that links may name", () => {
    const own = defineTarget({
      name: "shop",
      services: [{ name: "shop", url: "http://127.0.0.1", ports: { amqp: "127.0.0.1:5672" } }],
      links: [["users", "shop:ampq"]],
      entries: ["shop"],
      probes: [{ service: "shop", path: "/", lane: "order" }],
    });
    expect(own.problems?.(1)).toEqual([
      'target shop: links: unknown port of shop "ampq"; did you mean "amqp"? (known: amqp, http)',
    ]);
  });

  it("needs no stream if it declares its probes", () => {
    const services = [{ name: "front", url: "http://127.0.0.1" }];
    const plain = defineTarget({
      name: "plain",
      entries: ["front"],
      services,
      probes: [{ service: "front", path: "/one", lane: "browse" }],
      defences: [{ name: "retries", title: "r" }],
    });
    expect(plain.problems?.(1)).toEqual([]);
    expect(plain.defences.map(({ name }) => name)).toEqual(["retries"]);
    const layout = plain.topologies["own"]?.layout();
    expect(layout?.content).toBeUndefined();
    expect(layout?.playable(1)).toEqual([
      { service: "front", port: "http", path: "/one", lane: "browse" },
    ]);
    expect(defineTarget({ name: "plain", entries: ["front"], services }).problems?.(1)).toEqual([
      "target plain: probes: the prober has nothing to request: list probes",
    ]);
    expect(
      defineTarget({
        name: "plain",
        entries: ["front"],
        services,
        probes: [{ service: "back", path: "/one", lane: "browse" }],
      })
        .problems?.(1)
        ?.join(),
    ).toContain('probes: unknown service "back"');
  });
});
