import { describe, expect, test } from "vitest";
import { type Audience, createAudience, type Outlet, resumeAfter } from "./audience.ts";
import { createBoard, type Board } from "./board.ts";

const make = (
  options: { jitter?: boolean; connectedMax?: number } = {},
): { readonly board: Board; readonly audience: Audience } => {
  const board = createBoard(100);
  return {
    board,
    audience: createAudience({ board, epoch: "e", connectedMax: 1_000, jitter: true, ...options }),
  };
};
const post = (board: Board, key: string, timestampMs: number): void =>
  void board.post({ key, timestampMs, actAtMs: 1_000, spreadMs: 10_000, data: '{"x":1}' });
const outlet = (keepsUp: () => boolean = () => true): Outlet & { readonly texts: string[] } => {
  const texts: string[] = [];
  return {
    texts,
    end: () => undefined,
    write(text) {
      texts.push(text);
      return keepsUp();
    },
  };
};
const heard = (text: string): { key: string; timestampMs: number; actAtMs: number } =>
  JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "null");

test("sends a new device the state, then every change, each with an id to resume from", async () => {
  const { board, audience } = make();
  post(board, "a", 1);
  const out = outlet();
  audience.join("device", null, 0, out);
  post(board, "a", 2);
  await audience.announce();
  expect(out.texts.map((text) => [heard(text).key, heard(text).timestampMs])).toEqual([
    ["a", 1],
    ["a", 2],
  ]);
  expect(out.texts[1]).toMatch(/^id: e-2\n/);
  const resumed = outlet();
  audience.join("device", null, resumeAfter("e-2", "e"), resumed);
  expect(resumed.texts).toEqual([]);
  audience.join("device", null, resumeAfter("e-1", "e"), resumed);
  expect(resumed.texts).toEqual(out.texts.slice(1));
});

test.each([null, "", "other-2", "e-", "e-x", "e-2-3", "2"])(
  "treats the id %j as that of a new device",
  (id) => expect(resumeAfter(id, "e")).toBe(0),
);

test("queues nothing for a slow device and sends it only the latest state once it can read", async () => {
  const { board, audience } = make();
  let keepsUp = false;
  const out = outlet(() => keepsUp);
  const member = audience.join("slow", null, 0, out);
  for (let timestampMs = 1; timestampMs <= 500; timestampMs += 1) {
    post(board, `key-${timestampMs % 3}`, timestampMs);
    await audience.announce();
  }
  expect([out.texts.length, audience.behind]).toEqual([1, 1]);
  keepsUp = true;
  member?.drained();
  expect(out.texts.slice(1).map((text) => heard(text).timestampMs)).toEqual([498, 499, 500]);
  expect(audience.behind).toBe(0);
});

describe("a thousand devices", () => {
  const actTimes = async (jitter: boolean): Promise<number[]> => {
    const { board, audience } = make({ jitter });
    const outs = Array.from({ length: 1_000 }, (_, index) => {
      const out = outlet();
      audience.join(`device-${index}`, null, 0, out);
      return out;
    });
    post(board, "ad-break", 1);
    await audience.announce();
    return outs.map(({ texts: [text] }) => heard(text ?? "").actAtMs);
  };
  test("act over the whole of the given time", async () => {
    const times = await actTimes(true);
    const most = Math.max(
      ...Array.from(
        { length: 10 },
        (_, second) => times.filter((at) => Math.floor((at - 1_000) / 1_000) === second).length,
      ),
    );
    expect(most).toBeLessThan(150);
    expect([Math.min(...times) >= 1_000, Math.max(...times) <= 11_000]).toEqual([true, true]);
  });
  test("act all at once without jitter", async () =>
    expect(new Set(await actTimes(false))).toEqual(new Set([1_000])));
});

test("sends a session's device only its newest edge, once the device can read", () => {
  const { audience } = make();
  let keepsUp = true;
  const out = outlet(() => keepsUp);
  const member = audience.join("device", "session", 0, out);
  const to = (edge: string): Parameters<Audience["relocate"]>[1] => ({
    edge,
    manifestUrl: "",
    actAtMs: 0,
  });
  audience.relocate("other", to("x"));
  keepsUp = false;
  audience.relocate("session", to("b"));
  audience.relocate("session", to("c"));
  audience.relocate("session", to("d"));
  keepsUp = true;
  member?.drained();
  expect(
    out.texts.map(
      (text) => (JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "") as { edge: string }).edge,
    ),
  ).toEqual(["b", "d"]);
});

test("limits the number of devices and admits one again when another leaves", () => {
  const { audience } = make({ connectedMax: 1 });
  const member = audience.join("one", "s", 0, outlet());
  expect(audience.join("two", null, 0, outlet())).toBeNull();
  member?.leave();
  expect(audience.join("two", null, 0, outlet())).not.toBeNull();
});
