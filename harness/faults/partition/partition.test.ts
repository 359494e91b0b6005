import { describe, expect, it } from "vitest";
import type { Pong } from "../../target/observer.ts";
import type { Endpoint } from "../../target/layout.ts";
import { inject as reset } from "../reset/inject.ts";
import { fakeLink, injected } from "../../../test/support/faults/strike.ts";
import { inject } from "./inject.ts";

const answered: Pong = { outcome: "answered", tookMs: 2 };
const answering = (entry: Pong, exit: Pong = answered) => ({
  ping: async ({ host }: Endpoint) => (host === "entry" ? entry : exit),
});

describe("a partition or a reset", () => {
  it.each([
    ["refused over the link, answered past it", { outcome: "refused" }, answered, true, false],
    ["reset over the link, answered past it", { outcome: "reset" }, answered, false, true],
    ["answered over the link", answered, answered, false, false],
    [
      "refused over the link and past it",
      { outcome: "refused" },
      { outcome: "refused" },
      false,
      false,
    ],
    [
      "reset over the link, silent past it",
      { outcome: "reset" },
      { outcome: "silent" },
      false,
      false,
    ],
  ] as const)(
    "lands only if a ping over the link is %s",
    async (_what, entry, exit, cut, broken) => {
      const given = { fault: {}, links: [fakeLink()], observer: answering(entry, exit) };
      expect((await injected(inject, given)).evidence.landed).toBe(cut);
      expect((await injected(reset, given)).evidence.landed).toBe(broken);
    },
  );

  it("heals only if a ping over the link is answered", async () => {
    for (const course of [inject, reset]) {
      const passing = await injected(course, {
        fault: {},
        links: [fakeLink()],
        observer: answering(answered),
      });
      expect(await passing.heal()).toMatchObject({ landed: true });
      const shut = await injected(course, {
        fault: {},
        links: [fakeLink()],
        observer: answering({ outcome: "reset" }),
      });
      expect(await shut.heal()).toMatchObject({ landed: false });
    }
  });

  it("is reverted on every link, even if it failed on one", async () => {
    const restored: string[] = [];
    const link = (name: string, cut: () => Promise<void>) =>
      fakeLink({ cut, restore: async () => void restored.push(name) });
    const links = [
      link("one", async () => undefined),
      link("other", () => Promise.reject(new Error("no such proxy"))),
    ];
    const { evidence, heal } = await injected(inject, { fault: {}, links });
    expect(evidence).toEqual({ landed: false, observation: "no such proxy" });
    await heal();
    expect(restored).toEqual(["one", "other"]);
  });
});
