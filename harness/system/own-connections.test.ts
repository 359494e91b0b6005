import type { Socket } from "node:net";
import { expect, it } from "vitest";
import { isOwn, markOwn } from "./own-connections.ts";

it("identifies a connection of the harness by both of its ends", () => {
  markOwn({
    localAddress: "127.0.0.1",
    localPort: 40_000,
    remoteAddress: "127.1.1.11",
    remotePort: 80,
  } as Socket);
  expect(isOwn("127.0.0.1:40000", "127.1.1.11:80")).toBe(true);
  // The same local port, to another address: not the harness's.
  expect(isOwn("127.0.0.1:40000", "127.1.1.12:80")).toBe(false);
});
