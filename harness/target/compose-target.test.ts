import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostProblems } from "../plan/problems/hosts.ts";
import { type ComposeTarget, composeTarget } from "./compose-target.ts";

const shop: ComposeTarget = {
  name: "shop",
  project: "shop",
  services: [
    { name: "edge", port: 80, published: "http://127.0.0.1:8080" },
    { name: "origin", service: "app", port: 8081, replicas: 2, ready: "/health" },
    { name: "cache", port: 11_211 },
    { name: "elsewhere", url: "http://127.0.0.1:9000" },
  ],
  links: [
    ["users", "edge"],
    ["edge", "cache"],
  ],
  entries: ["edge"],
  probes: [{ service: "edge", path: "/", lane: "all" }],
};

const layoutOf = (described: ComposeTarget) => {
  const layout = composeTarget(described).topologies["own"]?.layout();
  if (layout === undefined) throw new Error("it has no layout");
  return layout;
};
const problemsOf = (over: Partial<ComposeTarget>): readonly string[] =>
  composeTarget({ ...shop, ...over }).problems?.(0) ?? [];

describe("a target of containers", () => {
  it("names each container, and what can be struck together", () => {
    const { project, services } = layoutOf(shop);
    expect(project).toBe("shop");
    expect(
      services.map(({ name, kind, zone, ports, container, at }) => ({
        name,
        kind,
        zone,
        ports,
        container,
        at,
      })),
    ).toEqual([
      {
        name: "edge",
        kind: "edge",
        zone: "edge",
        ports: { http: 80 },
        container: {
          service: "edge",
          number: 1,
          published: { http: { host: "127.0.0.1", port: 8080 } },
        },
      },
      ...[1, 2].map((number) => ({
        name: `origin-${number}`,
        kind: "origin",
        zone: "origin",
        ports: { http: 8081 },
        container: { service: "app", number, published: {} },
      })),
      {
        name: "cache",
        kind: "cache",
        zone: "cache",
        ports: { http: 11_211 },
        container: { service: "cache", number: 1, published: {} },
      },
      {
        name: "elsewhere",
        kind: "elsewhere",
        zone: "own",
        ports: { http: 9000 },
        at: { http: { host: "127.0.0.1", port: 9000 } },
      },
    ]);
    expect(problemsOf({})).toEqual([]);
  });

  it("has other ports in its container, and those alone are not published", () => {
    const services = [
      { name: "edge", port: 80, published: "https://127.0.0.1:8443/shop", ports: { admin: 9000 } },
    ];
    const [edge] = layoutOf({ ...shop, services, links: [] }).services;
    expect(edge?.ports).toEqual({ http: 80, admin: 9000 });
    expect(edge?.container?.published).toEqual({ http: { host: "127.0.0.1", port: 8443 } });
    expect(edge?.access).toEqual({ http: { tls: {}, basePath: "/shop" } });
  });

  it("sends no load to a published address elsewhere", () => {
    const services = [{ name: "edge", port: 80, published: "http://shop.example:80" }];
    const layout = layoutOf({ ...shop, services, links: [] });
    expect(hostProblems(layout, []).join()).toContain("--allow-host shop.example");
    expect(hostProblems(layout, ["shop.example"])).toEqual([]);
  });

  it("has one service for each container, whatever the number of replicas", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }),
        (all) => {
          const services = all.map((replicas, at) => ({ name: `s${at}`, port: 80, replicas }));
          const made = layoutOf({ ...shop, services, links: [], entries: ["s0"] }).services;
          expect(made).toHaveLength(all.reduce((sum, one) => sum + one, 0));
          expect(new Set(made.map(({ name }) => name)).size).toBe(made.length);
          expect(made.filter(({ container, zone }) => zone !== container?.service)).toEqual([]);
        },
      ),
    );
  });

  it("makes a project of its own from a compose file, and takes down that one alone", () => {
    const { project: _project, ...rest } = shop;
    const { project, outside } = layoutOf({ ...rest, outside: { composeFile: "/a/compose.yml" } });
    expect(project).toBe("seawall-shop");
    expect(outside?.down.args).toContain("seawall-shop");
    // `down --volumes` of a project that the user named would remove the user's volumes.
    expect(problemsOf({ outside: { composeFile: "/a/compose.yml" } })).toEqual([
      "target shop: project: leave it out with outside.composeFile, " +
        "which makes a project of its own",
    ]);
  });

  it.each<[string, Partial<ComposeTarget>, string]>([
    ["a name that compose refuses", { project: "My Shop" }, "project: a name of lower-case"],
    [
      "an impossible port",
      { services: [{ name: "edge", port: 0 }], links: [] },
      'service "edge": port',
    ],
    [
      "a published address of several",
      {
        services: [{ name: "edge", port: 80, replicas: 2, published: "http://127.0.0.1:1" }],
        links: [],
      },
      "2 containers cannot have one address",
    ],
    ["a link to one of several", { links: [["edge", "origin-1"]] }, "one of several containers"],
    ["a link to several", { links: [["edge", "origin"]] }, "one of several containers"],
    ["a link from elsewhere", { links: [["elsewhere", "cache"]] }, "only a container can be given"],
    ["a link to elsewhere", { links: [["edge", "elsewhere"]] }, "only a container can be given"],
    [
      "two links that only both could be struck",
      {
        services: [...shop.services, { name: "admin", port: 80 }],
        links: [
          ["edge", "cache"],
          ["admin", "cache"],
        ],
      },
      "edge and admin > cache cannot be struck one by one",
    ],
    ["a link from nobody", { links: [["egde", "cache"]] }, 'did you mean "edge"?'],
    ["an unknown key", { services: [{ name: "edge", port: 80, prot: 1 } as never] }, "prot"],
    ["no project", { project: undefined as never }, "project: name the compose project"],
  ])("refuses %s", (_what, over, problem) => {
    expect(problemsOf(over).join("\n")).toContain(problem);
  });
});
