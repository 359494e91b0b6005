/**
 * The target and its faults at the moments at which most was broken at once. Drawn from the plan
 * and the recorded events.
 */
import { describeFault, type Fault } from "../faults/faults.ts";
import type { Plan } from "../record/plan.ts";
import type { Run } from "../record/run.ts";
import type { RunEvent } from "../record/events.ts";
import { struckBy } from "../record/struck.ts";
import { usersSide } from "../target/layout.ts";
import { linkName } from "../target/where.ts";
import { clip } from "./plain.ts";
import type { FaultBand } from "./timeline.ts";

export interface TargetMap {
  /** Relative to the axis's zero: when the last of these faults had landed. */
  readonly atMs: number;
  readonly faults: readonly string[];
  readonly nodes: readonly MapNode[];
  readonly links: readonly MapLink[];
}

export interface MapNode {
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly zone: string;
  /**
   * `down`: struck, without answers. `struck`: changed, still answering. `died`: ended
   * unexpectedly.
   */
  readonly state: "up" | "down" | "struck" | "died";
}

export interface MapLink {
  readonly from: string;
  readonly to: string;
  /** `cut`: no traffic passes. `hurt`: it passes, but worse. `idle`: one of its ends is down. */
  readonly state: "up" | "cut" | "hurt" | "idle";
}

const mapsMax = 3;
const [nodesMax, linksMax] = [150, 600];

/** Users are in no region: they stand above all of them. */
const users: MapNode = { name: usersSide, kind: usersSide, region: "", zone: "", state: "up" };

interface Active {
  readonly fault: Fault;
  readonly struck: ReturnType<typeof struckBy>;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Empty for a run without a fault that landed. */
export function targetMaps(run: Run, zeroMs: number, bands: readonly FaultBand[]): TargetMap[] {
  const active = bands
    .filter((band) => band.landed)
    .flatMap((band): Active[] => {
      const event = run.events.find((one) => one.kind === "injected" && one.step === band.step);
      return event?.kind === "injected"
        ? [
            {
              fault: event.fault,
              struck: struckBy(run.plan, band.step),
              fromMs: band.fromMs,
              untilMs: band.healedMs ?? Number.POSITIVE_INFINITY,
            },
          ]
        : [];
    });
  return largestFaultSets(active).map((together) => mapOf(run, zeroMs, together));
}

/** The maximal sets of faults that were in force together, in chronological order. */
function largestFaultSets(active: readonly Active[]): Active[][] {
  const sets = active.map(({ fromMs }) =>
    active.filter((one) => one.fromMs <= fromMs && one.untilMs > fromMs),
  );
  const maximal = sets.filter(
    (set, index) =>
      !sets.some(
        (other, at) =>
          at !== index &&
          set.every((one) => other.includes(one)) &&
          (other.length > set.length || at < index),
      ),
  );
  const alike = new Map(maximal.map((set) => [JSON.stringify(set.map(({ fault }) => fault)), set]));
  return [...alike.values()].slice(0, mapsMax);
}

function mapOf({ plan, events }: Run, zeroMs: number, together: readonly Active[]): TargetMap {
  const atMs = together.reduce(
    (last, { fromMs }) => Math.max(last, fromMs),
    Number.NEGATIVE_INFINITY,
  );
  const untilMs = together.reduce(
    (first, one) => Math.min(first, one.untilMs),
    Number.POSITIVE_INFINITY,
  );
  const died = diedBefore(events, zeroMs + untilMs);
  const states = new Map<string, MapNode["state"]>();
  for (const name of died) states.set(name, "died");
  for (const {
    struck: { services, silences },
  } of together) {
    for (const name of services)
      if (states.get(name) !== "down") states.set(name, silences ? "down" : "struck");
  }
  return {
    atMs,
    faults: together.map(({ fault }) => clip(describeFault(fault), 120)),
    nodes: [
      users,
      ...plan.services.slice(0, nodesMax).map(({ name, kind, region, zone }) => ({
        name: clip(name, 60),
        kind: clip(kind, 30),
        region: clip(region, 40),
        zone: clip(zone, 40),
        state: states.get(name) ?? "up",
      })),
    ],
    links: linksOf(plan, together, (name) => ["down", "died"].includes(states.get(name) ?? "up")),
  };
}

function diedBefore(events: readonly RunEvent[], epochMs: number): Set<string> {
  return new Set(
    events.flatMap((event) =>
      event.kind === "exited" && !event.expected && event.atMs <= epochMs ? [event.service] : [],
    ),
  );
}

/** One per pair of services, in the worst state of any of its ports. */
function linksOf(
  plan: Plan,
  together: readonly Active[],
  isDown: (name: string) => boolean,
): MapLink[] {
  const worst: readonly MapLink["state"][] = ["up", "idle", "hurt", "cut"];
  const states = new Map<string, MapLink["state"]>();
  for (const { struck } of together)
    for (const name of struck.links) states.set(name, struck.severs ? "cut" : "hurt");
  const pairs = new Map<string, MapLink>();
  for (const link of [...plan.links, ...waysInOf(plan)].slice(0, linksMax)) {
    const state =
      states.get(linkName(link)) ?? (isDown(link.from) || isDown(link.to) ? "idle" : "up");
    const key = JSON.stringify([link.from, link.to]);
    if (worst.indexOf(state) >= worst.indexOf(pairs.get(key)?.state ?? "up"))
      pairs.set(key, { from: clip(link.from, 60), to: clip(link.to, 60), state });
  }
  return [...pairs.values()];
}

/** Where users enter, also without a proxy in front. */
function waysInOf({ entries = [], otherEntries = {} }: Plan): Plan["links"] {
  const names = [...new Set([...entries, ...Object.values(otherEntries).flat()])];
  return names.map((to) => ({ from: usersSide, to, port: "" }));
}
