import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../core/faults.ts";
import { ping } from "../system/ping.ts";
import { injectInto, type Mini, startMini } from "./mini-target.fixture.ts";

let mini: Mini;
beforeAll(async () => {
  mini = await startMini();
});
afterAll(async () => {
  await mini?.[Symbol.asyncDispose]();
});

const cases: readonly (readonly [fault: Fault, landed: RegExp, healed: RegExp])[] = [
  [{ kind: "kill", service: "a/back" }, /^process \d+ of a\/back is gone and 127\.1\.1\.22:\d+ refuses connections$/, /^process \d+ was ready after \d+ ms$/],
  [{ kind: "pause", service: "a/back" }, /^process \d+ of a\/back stands still, 127\.1\.1\.22:\d+ took a connection and gave no reply within 500 ms$/, /^a\/back is running, 127\.1\.1\.22:\d+ answered after [\d.]+ ms$/],
  [{ kind: "latency", links: { to: { service: "a/back" } }, delayMs: 200, jitterMs: 50 }, /^a\/front → a\/back:http/, /^a\/front → a\/back:http/],
  [{ kind: "partition", links: { from: { kind: "front" } } }, /^a\/front → a\/back:http refused the connection; the service itself answered after [\d.]+ ms; a\/front → b\/back:http refused/, /^a\/front → a\/back:http answered after/],
];

describe("on the process substrate", () => {
  it.each(cases)("$kind lands, heals and is seen to do both", async (fault, landed, healed) => {
    const injection = await injectInto(mini.deployment, fault);
    expect(injection.evidence.observation).toMatch(landed);
    expect(injection.evidence.landed).toBe(true);
    const [first, second] = await Promise.all([injection.heal(), injection.heal()]);
    expect(first.observation).toMatch(healed);
    expect(first.landed).toBe(true);
    // Healed exactly once, however often it is asked for.
    expect(second).toBe(first);
    for (const { entry, exit } of mini.deployment.links) {
      const bytes = { send: "GET / HTTP/1.1\r\nHost: test\r\n\r\n" };
      expect(await ping(entry, bytes, 1_000)).toMatchObject({ outcome: "answered" });
      expect(await ping(exit, bytes, 1_000)).toMatchObject({ outcome: "answered" });
    }
  });

  it("a kill of what does not run did not land, and heals by starting it", async () => {
    await mini.deployment.instance("b/back").kill();
    const injection = await injectInto(mini.deployment, { kind: "kill", service: "b/back" });
    expect(injection.evidence).toEqual({ landed: false, observation: "b/back was not running, so there was nothing to kill" });
    expect(await injection.heal()).toMatchObject({ landed: true });
  });
});
