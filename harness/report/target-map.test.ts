import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fault, struckIn } from "../faults/faults.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { layOut } from "./map-layout.ts";
import { type MapNode, targetMaps } from "./target-map.ts";
import { timelineOf } from "./timeline.ts";

const { run } = stormRun();

/**
 * The same storm with other faults, each with its times of landing and heal, in s after the storm's
 * own.
 */
function struckBy(...faults: readonly (readonly [Fault, number, number])[]): Run {
  const at = run.events.find((event) => event.kind === "injected")?.atMs ?? 0;
  const others = run.events.filter(
    (event) => !["injecting", "injected", "healing", "healed"].includes(event.kind),
  );
  const evidence = { landed: true, observation: "seen" };
  const acts = faults.flatMap(([fault, from, until], step): RunEvent[] => [
    { kind: "injected", atMs: at + from * 1000, step, fault, plannedMs: 0, evidence },
    { kind: "healed", atMs: at + until * 1000, step, fault, plannedMs: 0, evidence },
  ]);
  const standing = {
    ...run.plan,
    links: [...run.plan.links, { from: "region-b/edge", to: "region-a/origin-read", port: "http" }],
  };
  const plan = {
    ...standing,
    steps: faults.map(([fault]) => ({ atMs: 0, forMs: 1, fault })),
    struck: faults.map(([fault]) => struckIn(fault, standing)),
  };
  return { ...run, plan, events: [...others, ...acts].sort((a, b) => a.atMs - b.atMs) };
}

function mapsOf(of: Run): ReturnType<typeof targetMaps> {
  const { zeroMs, faults } = timelineOf(of);
  return targetMaps(of, zeroMs, faults);
}

const states = (nodes: readonly MapNode[], state: MapNode["state"]): string[] =>
  nodes.filter((node) => node.state === state).map(({ name }) => name);

describe("the map", () => {
  test("shows the moments at which most was broken at once, without repetition", () => {
    const kill: Fault = { kind: "kill", service: "region-a/origin-read" };
    const cut: Fault = { kind: "partition", links: { from: { service: "region-b/edge" } } };
    const [both, later, ...none] = mapsOf(
      struckBy(
        [kill, 0, 10],
        [cut, 4, 6],
        [{ kind: "fullDisk", service: "region-b/store" }, 20, 22],
        [kill, 30, 31],
      ),
    );
    expect(both?.faults).toHaveLength(2);
    expect(states(both?.nodes ?? [], "down")).toEqual(["region-a/origin-read"]);
    const inside = both?.links.filter(({ from }) => from !== "users") ?? [];
    expect(inside.map(({ state }) => state)).toEqual(["idle", "cut"]);
    expect(states(later?.nodes ?? [], "struck")).toEqual(["region-b/store"]);
    expect(none).toHaveLength(1);
  });

  test("has its users, and the way in that is cut from them", () => {
    const cut: Fault = {
      kind: "partition",
      links: { from: { service: "users" }, to: { service: "region-a/edge" } },
    };
    const storm = struckBy([cut, 0, 5]);
    const struck = { services: [], links: ["users>region-a/edge:http"], lasts: true, severs: true };
    const link = { from: "users", to: "region-a/edge", port: "http" };
    const plan = { ...storm.plan, links: [...storm.plan.links, link], struck: [struck] };
    const [map] = mapsOf({ ...storm, plan });
    const ofUsers = map?.links.filter(({ from }) => from === "users") ?? [];
    expect(Object.fromEntries(ofUsers.map(({ to, state }) => [to, state]))).toEqual({
      "region-a/edge": "cut",
      "region-b/edge": "up",
    });
    const layout = layOut({ nodes: map?.nodes ?? [], links: map?.links ?? [] });
    const [first, ...others] = layout.nodes;
    expect(first?.node.name).toBe("users");
    expect(others.every(({ y }) => y > (first?.y ?? 0) + (first?.height ?? 0))).toBe(true);
  });

  test("a lost region has all of its services down", () => {
    const [map] = mapsOf(struckBy([{ kind: "regionLoss", region: "region-b" }, 0, 5]));
    expect(states(map?.nodes ?? [], "down")).toHaveLength(6);
    expect(
      layOut({ nodes: map?.nodes ?? [], links: [] })
        .places.filter(({ lost }) => lost)
        .map(({ label }) => label),
    ).toEqual(["region-b", "1"]);
  });

  test("draws what the plan recorded, whatever the fault would affect today", () => {
    const one = struckBy([{ kind: "regionLoss", region: "region-b" }, 0, 5]);
    const recorded = {
      services: ["region-a/edge"],
      links: ["region-b/edge>region-a/origin-read:http"],
      lasts: true,
      severs: false,
    };
    const downIn = (struck: Run["plan"]["struck"]): string[] => {
      const { struck: _, ...older } = one.plan;
      return states(
        mapsOf({ ...one, plan: { ...older, ...(struck === undefined ? {} : { struck }) } })[0]
          ?.nodes ?? [],
        "down",
      );
    };
    expect(downIn([recorded])).toEqual(["region-a/edge"]);
    expect(downIn([{ ...recorded, silences: false }])).toEqual([]);
    expect(downIn(undefined)).toHaveLength(6);
    expect(
      mapsOf({ ...one, plan: { ...one.plan, struck: [recorded] } })[0]?.links.map(
        ({ state }) => state,
      ),
    ).toContain("hurt");
  });

  test("a service that died unexpectedly is shown as dead", () => {
    const events: RunEvent[] = run.events.flatMap((event): RunEvent[] =>
      event.kind === "injected"
        ? [
            event,
            {
              kind: "exited",
              atMs: event.atMs + 5,
              service: "region-b/edge",
              expected: false,
              detail: "exit status 1",
            },
          ]
        : [event],
    );
    expect(states(mapsOf({ ...run, events })[0]?.nodes ?? [], "died")).toEqual(["region-b/edge"]);
  });
});

test("a layout places every service on the sheet, in its zone, without overlap", () => {
  const inZone = fc.record({
    region: fc.constantFrom("a", "b", "c"),
    zone: fc.constantFrom("1", "2", "3"),
    kind: fc.constantFrom("edge", "origin", "store", "cache"),
  });
  const places = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: inZone },
      { weight: 1, arbitrary: fc.constant({ region: "", zone: "", kind: "users" }) },
    ),
    { minLength: 1, maxLength: 60 },
  );
  const links = fc.array(fc.tuple(fc.nat(59), fc.nat(59)), { maxLength: 40 });
  fc.assert(
    fc.property(places, links, (all, pairs) => {
      const nodes = all.map(
        (place, index): MapNode => ({ ...place, name: `s${index}`, state: "up" }),
      );
      const layout = layOut({
        nodes,
        links: pairs.map(([from, to]) => ({ from: `s${from}`, to: `s${to}`, state: "up" })),
      });
      const apart = layout.nodes.every((one, at) =>
        layout.nodes.every(
          (other, index) =>
            index <= at ||
            one.x + one.width <= other.x + 0.01 ||
            other.x + other.width <= one.x + 0.01 ||
            one.y + one.height <= other.y + 0.01 ||
            other.y + other.height <= one.y + 0.01,
        ),
      );
      const inside = layout.nodes.every(
        (one) =>
          one.x >= 0 &&
          one.y >= 0 &&
          one.x + one.width <= layout.width &&
          one.y + one.height <= layout.height,
      );
      return layout.nodes.length === nodes.length && apart && inside;
    }),
  );
});
