import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { z } from "zod";
import { listen, reply } from "../service/server.ts";
import { readJson } from "./body.ts";

test("gives up on a trickling body in time, and on a departed sender at once", async () => {
  const outcomes: unknown[] = [];
  const listener = await listen(
    { host: "127.0.0.1", port: 0 },
    async (request, response) => {
      const body = await readJson(request, z.unknown(), 100, 50);
      outcomes.push(body);
      if (!body.ok && body.status !== null)
        reply(response, body.status, "", { connection: "close" });
    },
    () => undefined,
  );
  const dribble = (leave: boolean): Promise<string> =>
    new Promise((resolve) => {
      let heard = "";
      const socket = connect((listener.server.address() as AddressInfo).port, "127.0.0.1", () => {
        socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{");
        if (leave) setTimeout(() => socket.destroy(), 10);
      });
      socket
        .on("data", (data) => {
          heard += data.toString();
        })
        .on("close", () => resolve(heard));
    });
  expect(await dribble(false)).toMatch(/^HTTP\/1.1 408 /);
  expect(await dribble(true)).toBe("");
  await expect
    .poll(() => outcomes)
    .toMatchObject([
      { ok: false, status: 408 },
      { ok: false, status: null },
    ]);
  await listener.drain();
});
