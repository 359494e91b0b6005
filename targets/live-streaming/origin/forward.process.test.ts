/**
 * Without isolation, the publish origin keeps its addresses, and the process that serves reads does
 * the work.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { segmentInProduction } from "../stream/template.ts";
import {
  controlToken,
  putHeaders,
  startStack,
  type Stack,
  url,
} from "../../../test/support/live-streaming/origin-stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ publishIsolation: false, store: false });
});
afterAll(async () => void (await stack?.[Symbol.asyncDispose]()));

const metrics = async (at: Stack["at"]["read"]): Promise<string> =>
  (await fetch(url(at, "/metrics"))).text();

test("forwards a PUT to the process that serves reads, and to no other", async () => {
  const response = await fetch(
    url(stack.at.publish, `/live/main/v720/${segmentInProduction(Date.now()) - 1}.m4s`),
    {
      method: "PUT",
      body: "body",
      headers: putHeaders(Buffer.from("body")),
    },
  );
  // This test has no store; the publisher's answer says so.
  expect([response.status, await response.text()]).toEqual([503, "the store is not connected\n"]);
  expect(await metrics(stack.at.read)).toContain(
    'origin_requests_total{lane="publish",outcome="failed"} 1',
  );
  expect(await metrics(stack.at.publish)).toContain('origin_forwarded_total{outcome="answered"} 1');
});

test("forwards orders, feed and readiness", async () => {
  const directives = (token: string): Promise<Response> =>
    fetch(url(stack.at.publishControl, "/directives"), {
      headers: { authorization: `Bearer ${token}` },
    });
  expect([
    (await directives("wrong")).status,
    await (await directives(controlToken)).json(),
  ]).toEqual([401, []]);
  const feed = await fetch(url(stack.at.feed, "/feed"));
  const first = await feed.body?.getReader().read();
  expect(Buffer.from(first?.value ?? []).toString()).toContain('{"snapshot":true}');
  expect(await (await fetch(url(stack.at.publish, "/health/ready"))).text()).toBe(
    "waiting for the shared process\n",
  );
});

test("reports a dead process behind it", async () => {
  await stack.read.stop("SIGKILL");
  const response = await fetch(url(stack.at.publish, "/live/main/v720/1.m4s"), {
    method: "PUT",
    body: "body",
  });
  expect([response.status, await response.text()]).toEqual([
    503,
    "the shared process does not answer\n",
  ]);
  expect((await fetch(url(stack.at.publish, "/health/live"))).status).toBe(200);
});
