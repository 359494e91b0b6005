import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startHttpsShop } from "../../../test/support/targets/https-shop.ts";
import { askOnce } from "../../system/ask-once.ts";
import { freePort } from "../../system/free-port.ts";
import type { Endpoint } from "../../target/layout.ts";
import { Passage } from "./passage.ts";
import { Rules } from "./rules.ts";

const host = "127.0.0.1";
const ask = (endpoint: Endpoint, path: string, headers: Readonly<Record<string, string>> = {}) =>
  askOnce(endpoint, { path, headers, timeoutMs: 3_000 });

describe("a passage", () => {
  it("passes requests and answers on as they are, and refuses while it is cut", async () => {
    const seen: (readonly string[])[] = [];
    const server = createServer((request, response) => {
      seen.push([request.method ?? "", request.url ?? "", ...request.rawHeaders]);
      response.sendDate = false;
      const cookies = ["Set-Cookie", "a", "set-cookie", "b"];
      response.writeHead(203, "Fine", ["X-One", "1", ...cookies, "Content-Length", "2"]);
      request.on("data", () => undefined).once("end", () => response.end("ok"));
    });
    await new Promise<void>((listening) => server.listen(0, host, listening));
    const upstream = { host, port: (server.address() as AddressInfo).port };
    const listen = { host, port: await freePort(host) };
    const passage = new Passage({ name: "link", listen, upstream }, new Rules(new Map()));
    await passage.accept(true);
    const own = { "X-Case": "Kept", "x-seawall-look": "of nobody" };
    expect(await ask(listen, "/p?q=1", own)).toMatchObject({ status: 203, bytes: 2 });
    expect(seen[0]).toEqual(expect.arrayContaining(["GET", "/p?q=1", "X-Case", "Kept"]));
    expect(seen[0]?.join().toLowerCase()).not.toContain("seawall");
    const posted = await fetch(`http://${host}:${listen.port}/`, { method: "POST", body: "abc" });
    expect([posted.status, posted.headers.getSetCookie()]).toEqual([203, ["a", "b"]]);
    await passage.accept(false);
    expect(await ask(listen, "/")).toEqual({ outcome: "refused" });
    await passage.accept(true);
    expect(await ask(listen, "/")).toMatchObject({ status: 203 });
    await passage.accept(false);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await passage.accept(true);
    expect(await ask(listen, "/")).toMatchObject({ outcome: "closed" });
    await passage.accept(false);
  });

  it("delays an answer whole, although the rule's knowledge reads it meanwhile", async () => {
    const text = "x".repeat(100_000);
    const server = createServer((_request, response) =>
      response.writeHead(200, { "Content-Type": "text/plain" }).end(text),
    );
    await new Promise<void>((listening) => server.listen(0, host, listening));
    const upstream = { host, port: (server.address() as AddressInfo).port };
    const listen = { host, port: await freePort(host) };
    const learned: string[] = [];
    const knowledge = {
      matcher: () => ({
        matches: () => true,
        learn: (_asked: unknown, heard: string) => void learned.push(heard),
      }),
    };
    const rules = new Rules(new Map([["m", knowledge]]));
    const passage = new Passage({ name: "link", listen, upstream }, rules);
    await passage.accept(true);
    const does = { is: "slowFirstByte", delayMs: 200 } as const;
    rules.add("slow", "link", { does, who: {}, knows: { module: "m", which: {} } });
    const seen = await ask(listen, "/");
    expect(seen).toMatchObject({ status: 200, ended: "whole", text });
    expect(seen.outcome === "answered" ? seen.firstByteMs : 0).toBeGreaterThan(198);
    expect(learned).toEqual([text]);
    await passage.accept(false);
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it("reads https with a certificate that its clients trust", async () => {
    await using shop = await startHttpsShop(host, "token");
    const pem = (name: string): string => join(shop.pem, `${name}.pem`);
    const standIn = { cert: pem("server"), key: pem("server-key") };
    const tls = { ca: pem("ca"), cert: pem("client"), key: pem("client-key"), standIn };
    const upstream = { host, port: Number(new URL(shop.url).port) };
    const listen = { host, port: await freePort(host) };
    const rules = new Rules(new Map());
    const link = { name: "link", listen, upstream, tls: { of: tls, host } };
    const passage = new Passage(link, rules);
    await passage.accept(true);
    const headers = { "X-Environment": "staging", Authorization: "token" };
    const over = { ...listen, access: { tls: { ca: pem("ca") } } };
    expect(await ask(over, "/api/v2/health", headers)).toMatchObject({ status: 200, bytes: 2 });
    rules.add("cut", "link", { does: { is: "cutBody", share: 0.5 }, who: {} });
    expect(await ask(over, "/api/v2/health", headers)).toMatchObject({
      ended: "brokenOff",
      bytes: 1,
    });
    rules.remove("cut");
    rules.add("reset", "link", { does: { is: "resetBody", share: 0.5 }, who: {} });
    expect(await ask(over, "/api/v2/health", headers)).toMatchObject({ ended: "reset" });
    await passage.accept(false);
  });
});
