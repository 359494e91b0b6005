/** Requests as a target's description asks for them, against a real https server. */
import { Agent } from "node:http";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { holdsSecret, nameSecrets } from "../base/redact.ts";
import type { Access, Endpoint } from "../target/layout.ts";
import { startHttpsShop } from "../../test/support/targets/https-shop.ts";
import { fetchBody } from "./fetch-body.ts";
import { httpGet } from "./network.ts";
import { otherVersion } from "./request-failure.ts";
import { openSession } from "./session.ts";

const token = "Bearer of-the-request-test";
nameSecrets(["REQUEST_TEST_TOKEN"], { REQUEST_TEST_TOKEN: token });
const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());

function endpointOf(url: string, pem: string, changes: Partial<Access> = {}): Endpoint {
  const { hostname, port, pathname } = new URL(url);
  return {
    host: hostname.replaceAll(/[[\]]/g, ""),
    port: Number(port),
    access: {
      basePath: pathname,
      headers: { "X-Environment": "staging" },
      secretHeaders: { Authorization: "REQUEST_TEST_TOKEN" },
      tls: {
        ca: join(pem, "ca.pem"),
        cert: join(pem, "client.pem"),
        key: join(pem, "client-key.pem"),
      },
      ...changes,
    },
  };
}

it.each(["127.0.0.1", "::1"])("reach a shop at %s, with all that it asks for", async (host) => {
  await using shop = await startHttpsShop(host, token);
  const endpoint = endpointOf(shop.url, shop.pem);
  const options = { timeoutMs: 5_000, agent };
  expect(await httpGet(endpoint, "/health", options)).toMatchObject({ status: 200 });
  const { signal } = new AbortController();
  const headers = await openSession(
    endpoint,
    { path: "/session", token: "token", header: "X-Session" },
    { agent, signal },
  );
  expect(holdsSecret(Object.values(headers).join())).toBe(true);
  expect(await fetchBody(endpoint, "/orders/1", { ...options, signal, headers })).toMatchObject({
    status: 200,
  });
  expect(await fetchBody(endpoint, "/orders/1", { ...options, signal })).toMatchObject({
    status: 401,
  });
  expect([...shop.hosts]).toEqual([new URL(shop.url).host]);
});

it.each([
  ["h2", undefined, ["2.0"]],
  ["both", undefined, ["2.0"]],
  ["both", 1.1, ["1.1"]],
  ["both", 2, ["2.0"]],
  ["http/1.1", undefined, ["1.1"]],
  ["http/1.1", 1.1, ["1.1"]],
] as const)(
  "speak to a server of %s, with http: %s, in the version %j",
  async (speaks, http, want) => {
    await using shop = await startHttpsShop("127.0.0.1", token, { speaks });
    const own = new Agent({ keepAlive: true });
    const endpoint = endpointOf(shop.url, shop.pem, http === undefined ? {} : { http });
    const { signal } = new AbortController();
    const session = { path: "/session", token: "token", header: "X-Session" };
    const headers = await openSession(endpoint, session, { agent: own, signal });
    for (const agent of [own, false] as const) {
      const options = { timeoutMs: 5_000, agent, headers, signal };
      const answers = await Promise.all(
        Array.from({ length: 3 }, () => fetchBody(endpoint, "/orders/1", options)),
      );
      for (const { status, body } of answers)
        expect([status, body?.toString()]).toEqual([200, '{"order":1}']);
      const answer = await httpGet(endpoint, "/health", { ...options, agent: own });
      expect(answer).toEqual({ status: 200, body: "{}" });
    }
    expect([...shop.versions.keys()]).toEqual(want);
    expect([...shop.hosts]).toEqual([new URL(shop.url).host]);
    own.destroy();
  },
);

it.each(["h2", "http/1.1"] as const)("say what broke off at a server of %s", async (speaks) => {
  await using shop = await startHttpsShop("127.0.0.1", token, { speaks });
  const endpoint = endpointOf(shop.url, shop.pem);
  const { signal } = new AbortController();
  for (const one of [agent, false] as const) {
    const options = { timeoutMs: 5_000, agent: one, signal };
    await expect(httpGet(endpoint, "/reset", options)).rejects.toThrow(
      speaks === "h2" ? "it resets the stream (INTERNAL_ERROR)" : /hang up|ECONNRESET/,
    );
    // The beginning of a body is none.
    expect(await fetchBody(endpoint, "/torn", options)).toMatchObject({ status: 200, body: null });
    await expect(httpGet(endpoint, "/torn", options)).rejects.toThrow();
    expect(await httpGet(endpoint, "/health", options)).toMatchObject({ status: 200 });
  }
});

it("find a server again that was restarted", async () => {
  const { port } = await (async () => {
    await using shop = await startHttpsShop("127.0.0.1", token, { speaks: "h2" });
    await httpGet(endpointOf(shop.url, shop.pem), "/health", { timeoutMs: 5_000, agent });
    return new URL(shop.url);
  })();
  await using shop = await startHttpsShop("127.0.0.1", token, { speaks: "h2", port: Number(port) });
  const endpoint = endpointOf(shop.url, shop.pem);
  const answer = await httpGet(endpoint, "/health", { timeoutMs: 5_000, agent });
  expect(answer).toMatchObject({ status: 200 });
});

it("end at their time limit, whatever the server does", async () => {
  await using shop = await startHttpsShop("127.0.0.1", token, { speaks: "h2" });
  const endpoint = endpointOf(shop.url, shop.pem);
  for (const one of [agent, false] as const)
    await expect(httpGet(endpoint, "/never", { timeoutMs: 200, agent: one })).rejects.toThrow(
      /200 ms|aborted/,
    );
});

it("are refused without the authority, the certificate, the header or the path", async () => {
  await using shop = await startHttpsShop("127.0.0.1", token);
  const { tls = {} } = endpointOf(shop.url, shop.pem).access ?? {};
  const asked = (changes: Partial<Access>) =>
    httpGet(endpointOf(shop.url, shop.pem, changes), "/health", { timeoutMs: 5_000 }).then(
      ({ status }) => status,
      (error: Error) => error.message,
    );
  const { ca: _ca, ...unknown } = tls;
  expect(await asked({ tls: unknown })).toBe(
    "its certificate is signed by an unknown authority: name that in tls.ca",
  );
  expect(await asked({ tls: { ca: tls.ca as string } })).toMatch(
    /certificate|alert|hang up|reset/i,
  );
  expect(await asked({ tls: { ...tls, serverName: "other.example" } })).toMatch(
    /^its certificate is for other names \(/,
  );
  expect(await asked({ headers: {} })).toBe(400);
  expect(await asked({ basePath: "/api/v1" })).toBe(404);
  expect(await asked({ http: 2 })).toBe(otherVersion);
  await using old = await startHttpsShop("127.0.0.1", token, { isExpired: true });
  await expect(
    httpGet(endpointOf(old.url, old.pem), "/health", { timeoutMs: 5_000 }),
  ).rejects.toThrow("its certificate has expired");
  await using closed = await startHttpsShop("127.0.0.1", token, { refusesSessions: true });
  await expect(
    openSession(
      endpointOf(closed.url, closed.pem),
      { path: "/session", token: "token", header: "X-Session" },
      { agent, signal: new AbortController().signal },
    ),
  ).rejects.toThrow("it refuses to open a session: POST /session answers 403");
});
