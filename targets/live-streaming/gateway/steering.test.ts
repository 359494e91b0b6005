import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSteering, hotShare, type Steering } from "./steering.ts";

const rooms = [
  { name: "a", region: "region-a", capacityBitsPerSecond: 100 },
  { name: "b", region: "region-b", capacityBitsPerSecond: 100 },
  { name: "c", region: "region-b", capacityBitsPerSecond: 100 },
];
const steer = (enabled = true, sessionsMax = 10_000): Steering =>
  createSteering({ edges: rooms, ownRegion: "region-a", enabled, sessionsMax });
const reserved = (steering: Steering): Record<string, number> =>
  Object.fromEntries(steering.edges.map((edge) => [edge.name, edge.reservedBitsPerSecond]));
const fill = (steering: Steering, sessions: number, bits = 10): (string | null)[] =>
  Array.from({ length: sessions }, (_, index) => steering.place(`s${index}`, bits, Infinity));

test("prefers the own region until it is hot, then the emptiest edge, then any with room, then none", () => {
  const steering = steer();
  const placed = fill(steering, 31);
  expect(placed.slice(0, 8)).toEqual(Array(8).fill("a"));
  expect(new Set(placed.slice(8, 24))).toEqual(new Set(["b", "c"]));
  expect(reserved(steering)).toEqual({ a: 100, b: 100, c: 100 });
  expect(placed[30]).toBeNull();
});

test("reserves room for a session's nominal bitrate, and frees it when the session ends or expires", () => {
  const steering = steer();
  steering.place("hungry", 70, 1_000);
  expect(steering.place("other", 20, 2_000)).not.toBe("a");
  steering.release("hungry");
  expect(steering.place("third", 20, 2_000)).toBe("a");
  steering.place("third", 20, 5_000);
  steering.expire(3_000);
  expect([steering.sessions, reserved(steering)]).toEqual([1, { a: 20, b: 0, c: 0 }]);
});

describe("a lost edge", () => {
  test("loses all its sessions at once, and none returns unprompted", () => {
    const steering = steer();
    fill(steering, 6);
    steering.setUsable("a", false);
    const moves = steering.rebalance(100);
    expect(moves.length).toBe(6);
    expect(moves.every(({ from, to, why }) => from === "a" && to !== "a" && why === "lost")).toBe(
      true,
    );
    expect(steering.place("new", 10, Infinity)).not.toBe("a");
    steering.setUsable("a", true);
    expect(steering.rebalance(100)).toEqual([]);
    expect(steering.place("newer", 10, Infinity)).toBe("a");
  });
  test("keeps its sessions if all edges seem lost, because then the gateway is cut off", () => {
    const steering = steer();
    fill(steering, 3);
    for (const { name } of rooms) steering.setUsable(name, false);
    expect(steering.rebalance(100)).toEqual([]);
    expect(steering.place("new", 10, Infinity)).toBe("a");
  });
  test("loses a few sessions at a time when so configured", () => {
    const steering = steer();
    fill(steering, 6);
    steering.setUsable("a", false);
    expect([1, 2, 3].map(() => steering.rebalance(4).length)).toEqual([4, 2, 0]);
  });
});

test("moves sessions off an overfull edge until it is cool, and no further", () => {
  const steering = steer();
  fill(steering, 8);
  steering.setCapacity("a", 50);
  expect(steering.rebalance(100).length).toBe(5);
  expect(reserved(steering)["a"]).toBe(30);
  expect(steering.rebalance(100)).toEqual([]);
});

test("keeps a renewed session on its edge, and moves it when the edge is lost", () => {
  const steering = steer();
  steering.place("s", 10, Infinity);
  expect(steering.place("s", 10, Infinity)).toBe("a");
  steering.setUsable("a", false);
  expect(steering.place("s", 10, Infinity)).not.toBe("a");
  expect(steering.sessions).toBe(1);
});

test("never exceeds the limit of sessions", () => {
  const steering = steer(true, 2);
  expect(fill(steering, 3, 1)).toEqual(["a", "a", null]);
  expect(steering.place("s0", 1, Infinity)).toBe("a");
});

test("sends every session to its own region and keeps it there when switched off", () => {
  const steering = steer(false);
  expect(new Set(fill(steering, 40))).toEqual(new Set(["a"]));
  steering.setUsable("a", false);
  expect(steering.rebalance(100)).toEqual([]);
  expect(steering.place("s0", 10, Infinity)).toBe("a");
});

const step = fc.oneof(
  fc.record({
    do: fc.constant("place" as const),
    session: fc.nat(30),
    bits: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ do: fc.constant("release" as const), session: fc.nat(30) }),
  fc.record({
    do: fc.constant("health" as const),
    edge: fc.constantFrom("a", "b", "c"),
    usable: fc.boolean(),
  }),
  fc.record({ do: fc.constant("rebalance" as const), moves: fc.nat(40) }),
);

test("never promises more of an edge than it has, and balancing settles, whatever happens", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const steering = steer();
      const bits = new Map<string, number>();
      for (const each of steps) {
        if (each.do === "place") {
          const edge = steering.place(String(each.session), each.bits, Infinity);
          if (edge === null) bits.delete(String(each.session));
          else bits.set(String(each.session), each.bits);
        } else if (each.do === "release") {
          steering.release(String(each.session));
          bits.delete(String(each.session));
        } else if (each.do === "health") steering.setUsable(each.edge, each.usable);
        else steering.rebalance(each.moves);
        const sums: Record<string, number> = { a: 0, b: 0, c: 0 };
        for (const [session, need] of bits)
          sums[steering.edgeOf(session) ?? ""] = (sums[steering.edgeOf(session) ?? ""] ?? 0) + need;
        expect(reserved(steering)).toEqual(sums);
        for (const { capacityBitsPerSecond, reservedBitsPerSecond } of steering.edges)
          expect(reservedBitsPerSecond).toBeLessThanOrEqual(capacityBitsPerSecond);
      }
      steering.rebalance(1_000);
      expect(steering.rebalance(1_000)).toEqual([]);
      // A session that is still on a lost edge found no room elsewhere.
      for (const edge of steering.edges.filter(
        ({ usable }) => !usable && steering.edges.some((other) => other.usable),
      )) {
        if (edge.reservedBitsPerSecond > 0)
          expect(
            steering.edges.some(
              ({ name, reservedBitsPerSecond }) =>
                name !== edge.name && reservedBitsPerSecond > (1 - hotShare) * 100,
            ),
          ).toBe(true);
      }
    }),
  );
});
