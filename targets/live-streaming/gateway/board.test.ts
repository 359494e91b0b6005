import fc from "fast-check";
import { expect, test } from "vitest";
import { createBoard, type Notice } from "./board.ts";

const notice = (key: string, timestampMs: number): Notice => ({
  key,
  timestampMs,
  actAtMs: 0,
  spreadMs: 0,
  data: "{}",
});

test("keeps the latest value per key, ignores replays and older ones, and bounds its keys", () => {
  const board = createBoard(2);
  expect([
    board.post(notice("a", 5)),
    board.post(notice("a", 5)),
    board.post(notice("a", 4)),
  ]).toEqual(["posted", "stale", "stale"]);
  expect([
    board.post(notice("b", 1)),
    board.post(notice("c", 1)),
    board.post(notice("a", 6)),
  ]).toEqual(["posted", "full", "posted"]);
  expect(board.after(0).map(({ key, timestampMs }) => [key, timestampMs])).toEqual([
    ["b", 1],
    ["a", 6],
  ]);
});

test("brings a listener to the same state, however often the connection breaks and resumes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(20), fc.boolean())),
      (steps) => {
        const board = createBoard(10);
        const heard = new Map<string, number>();
        let cursor = 0;
        for (const [key, timestampMs, listens] of steps) {
          board.post(notice(key, timestampMs));
          if (!listens) continue;
          for (const each of board.after(cursor)) {
            expect(each.timestampMs).toBeGreaterThan(heard.get(each.key) ?? -1);
            heard.set(each.key, each.timestampMs);
            cursor = each.seq;
          }
        }
        for (const each of board.after(cursor)) heard.set(each.key, each.timestampMs);
        expect(heard).toEqual(new Map(board.after(0).map((each) => [each.key, each.timestampMs])));
      },
    ),
  );
});
