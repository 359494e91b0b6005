import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Directive } from "./directive.ts";
import { createDirectives } from "./directives.ts";

const common = { event: "main", version: 1 };
const mask = (change: object = {}): Directive => ({
  kind: "mask",
  ...common,
  id: "m",
  pipeline: "a",
  renditions: null,
  from: 10,
  to: 20,
  active: true,
  ...change,
});
const note = (name: string, from: number, version: number, payload = `p${version}`): Directive => ({
  kind: "notification",
  ...common,
  id: `notification-${name}-${version}`,
  version,
  name,
  from,
  payload,
});
const knowing = (...all: readonly Directive[]): ReturnType<typeof createDirectives> => {
  const directives = createDirectives();
  for (const each of all) directives.add(each);
  return directives;
};
const leaf = (
  number: number,
  rendition = "v720",
): { event: string; rendition: string; number: number } => ({ event: "main", rendition, number });

describe("a mask", () => {
  test("hides its range of its pipeline and renditions, and no neighbour", () => {
    const directives = knowing(mask({ renditions: ["v720"] }));
    expect([9, 10, 20, 21].map((number) => directives.hides(leaf(number), "a"))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([directives.hides(leaf(10), "b"), directives.hides(leaf(10, "v360"), "a")]).toEqual([
      false,
      false,
    ]);
  });
  test("hides nothing once lifted, in either order of arrival", () => {
    const lifted = mask({ active: false, version: 2 });
    for (const order of [
      [mask(), lifted],
      [lifted, mask()],
    ])
      expect(knowing(...order).hides(leaf(15), "a")).toBe(false);
  });
});

test("cuts off segments after the end until the end is withdrawn", () => {
  const end: Directive = { kind: "end", ...common, id: "end", last: 100 };
  expect([100, 101].map(knowing(end).isOver)).toEqual([false, true]);
  expect(knowing(end, { ...end, version: 2, last: null }).isOver(101)).toBe(false);
});

describe("notifications", () => {
  const some = fc
    .array(fc.tuple(fc.constantFrom("x", "y", "z"), fc.nat(30), fc.boolean()), {
      minLength: 1,
      maxLength: 12,
    })
    .map((all) =>
      all.map(([name, from, withdrawn], index) =>
        note(name, from, index + 1, withdrawn ? "" : `p${index + 1}`),
      ),
    );
  const versionAt = (of: ReturnType<typeof createDirectives>, number: number): number =>
    of.notificationsAt(number)?.version ?? 0;

  test("apply from their segment on, the newest of each name", () => {
    const directives = knowing(note("ad", 10, 1), note("score", 12, 2), note("ad", 15, 3));
    expect(
      [9, 10, 12, 15, 5_000].map((number) => directives.notificationsAt(number)?.text),
    ).toEqual([
      undefined,
      "id=ad;seq=1;payload=p1",
      "id=ad;seq=1;payload=p1, id=score;seq=2;payload=p2",
      "id=ad;seq=3;payload=p3, id=score;seq=2;payload=p2",
      "id=ad;seq=3;payload=p3, id=score;seq=2;payload=p2",
    ]);
    expect(directives.notificationsAt(-1)).toBeNull();
  });
  test("give the same result in any order and with any repetition", () => {
    fc.assert(
      fc.property(
        some.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all], {
              minLength: all.length * 2,
              maxLength: all.length * 2,
            }),
          ),
        ),
        ([all, heard]) => {
          for (const number of [0, 10, 20, 31])
            expect(knowing(...heard).notificationsAt(number)).toEqual(
              knowing(...all).notificationsAt(number),
            );
        },
      ),
    );
  });
  test("have a version that never decreases, and that differs whenever the text does", () => {
    fc.assert(
      fc.property(some, (all) => {
        const before = knowing(...all.slice(0, -1));
        const after = knowing(...all);
        const texts = new Map<number, string>();
        for (let number = 0; number <= 31; number += 1) {
          const notifications = after.notificationsAt(number);
          if (notifications === null) continue;
          expect(notifications.text).toBe(texts.get(notifications.version) ?? notifications.text);
          texts.set(notifications.version, notifications.text);
          expect(notifications.version).toBeGreaterThanOrEqual(
            Math.max(versionAt(before, number), versionAt(after, number - 1)),
          );
        }
      }),
    );
  });
});
