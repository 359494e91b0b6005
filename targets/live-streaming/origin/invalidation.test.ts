import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import {
  banSender,
  createInvalidation,
  invalidationTiming,
  pathPattern,
  wallClock,
} from "./invalidation.ts";
import { directivesEveryMs } from "./read-from-store.ts";

const range = { event: "main", renditions: ["v720", "audio"], from: 98, to: 102 };
const edge = (name: string): { name: string; at: { host: string; port: number } } => ({
  name,
  at: { host: "127.0.0.1", port: 1 },
});

test("anchors the pattern and covers the range of these renditions only", () => {
  const pattern = new RegExp(pathPattern(range));
  const path = (rendition: string, number: number): string =>
    `/live/main/${rendition}/${number}.m4s`;
  expect([97, 98, 102, 103].map((number) => pattern.test(path("v720", number)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect([
    pattern.test(path("v360", 100)),
    pattern.test(`${path("v720", 100)}x`),
    pattern.test(`/x${path("v720", 100)}`),
  ]).toEqual([false, false, false]);
  expect(pathPattern(range)).toMatch(/^[-a-z0-9/()|[\]{}^$\\.]+$/);
});

test("sends a BAN with token, pattern and range", async () => {
  let head = "";
  const server = createServer((socket) =>
    socket.on("data", (part) => {
      head += part.toString();
      if (head.includes("\r\n\r\n")) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  expect(
    await banSender("secret")(
      { name: "e", at: { host: "127.0.0.1", port } },
      range,
      AbortSignal.timeout(2_000),
    ),
  ).toBe(true);
  server.close();
  expect(head).toMatch(/^BAN \/invalidate HTTP\/1.1\r\n/);
  for (const line of [
    "authorization: Bearer secret",
    `x-ban-pattern: ${pathPattern(range)}`,
    "x-ban-from: 98",
    "x-ban-to: 102",
  ])
    expect(head).toContain(line);
});

test("does not take a wrong answer for a confirmation", async () => {
  const server = createServer((socket) =>
    socket.on("data", () => socket.end("HTTP/1.1 405 No\r\ncontent-length: 0\r\n\r\n")),
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  expect(
    await banSender("secret")(
      { name: "e", at: { host: "127.0.0.1", port } },
      range,
      AbortSignal.timeout(2_000),
    ),
  ).toBe(false);
  server.close();
});

test("asks inner tiers first, repeats all in a second round, and retries until confirmed or abandoned", async () => {
  const invalidated: string[] = [];
  let late = 2;
  const rounds: string[][] = [];
  const invalidation = createInvalidation({
    tiers: [[edge("top")], [edge("a"), edge("late")]],
    clock: wallClock,
    signal: AbortSignal.timeout(5_000),
    timing: {
      patienceMs: 10,
      retryEveryMs: 20,
      secondRoundAfterMs: 5,
      laterRoundsEveryMs: 5,
      giveUpAfterMs: 2_000,
    },
    async send({ name }) {
      if (name === "late" && late > 0) return false;
      invalidated.push(name);
      return true;
    },
    onRound({ unconfirmed }) {
      rounds.push([...unconfirmed]);
      late -= 1;
    },
  });
  expect(await invalidation.forget(range)).toEqual({
    confirmed: ["a", "top"],
    unconfirmed: ["late"],
  });
  expect(invalidated).toEqual(["top", "a"]);
  await vi.waitUntil(() => rounds.length === 3);
  expect([rounds, invalidated]).toEqual([
    [["late"], ["late"], []],
    ["top", "a", "top", "a", "top", "a", "late"],
  ]);
});

test("starts the second round after every origin has read the directives again", () => {
  expect(invalidationTiming.secondRoundAfterMs).toBeGreaterThan(directivesEveryMs);
});
