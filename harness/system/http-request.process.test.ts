/** Requests as a target's description asks for them, against a real https server. */
import { Agent } from "node:http";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { holdsSecret, nameSecrets } from "../base/redact.ts";
import type { Access, Endpoint } from "../target/layout.ts";
import { startHttpsShop } from "../../test/support/targets/https-shop.ts";
import { fetchBody } from "./fetch-body.ts";
import { httpGet } from "./network.ts";
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
  const step = { path: "/session", token: "token" };
  const opened = { agent, signal };
  const { headers } = (await openSession(endpoint, { ...step, header: "X-Session" }, opened))(
    "/orders/1",
  );
  const inAddress = await openSession(endpoint, { ...step, query: "t", as: "a {token}" }, opened);
  expect(inAddress("/orders/1?x=1").path).toMatch(/^\/orders\/1\?x=1&t=a%20\S+$/);
  expect(inAddress("/orders/1")).toMatchObject({
    path: expect.stringMatching(/^\/orders\/1\?t=a%20\S+$/),
    headers: {},
  });
  expect(holdsSecret(Object.values(headers).join())).toBe(true);
  expect(await fetchBody(endpoint, "/orders/1", { ...options, signal, headers })).toMatchObject({
    status: 200,
  });
  expect(await fetchBody(endpoint, "/orders/1", { ...options, signal })).toMatchObject({
    status: 401,
  });
  expect([...shop.hosts]).toEqual([new URL(shop.url).host]);
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
  expect(await asked({ tls: unknown })).toMatch(/certificate/);
  expect(await asked({ tls: { ca: tls.ca as string } })).toMatch(
    /certificate|alert|hang up|reset/i,
  );
  expect(await asked({ tls: { ...tls, serverName: "other.example" } })).toMatch(
    /altnames|Hostname/,
  );
  expect(await asked({ headers: {} })).toBe(400);
  expect(await asked({ basePath: "/api/v1" })).toBe(404);
});
