import { Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  injectInto,
  type Mini,
  miniLayout,
  startMini,
} from "../../../test/support/targets/mini.ts";
import type { BadAnswer } from "../../target/bad-answer.ts";
import type { Fault } from "../faults.ts";
import { httpGet } from "../../system/network.ts";

const links = { to: { service: "a/back" } };
const of = (answer: BadAnswer, who: object = {}): Fault =>
  ({ kind: "badAnswers", links, path: "^/large", answer, ...who }) as Fault;

let mini: Mini;
const agent = new Agent({ keepAlive: true });
let asking: NodeJS.Timeout;
const ask = (headers: Readonly<Record<string, string>> = {}): Promise<number | string> => {
  const entry = mini.deployment.links.find(({ link }) => link.to === "a/back")?.entry;
  if (entry === undefined) throw new Error("the small target has that link");
  return httpGet(entry, "/large", { timeoutMs: 1_000, agent, headers }).then(
    ({ status, body }) => (status === 200 ? body.length : status),
    (error: Error) => error.message,
  );
};
beforeAll(async () => {
  mini = await startMini(miniLayout, [of({ is: "hang" })]);
  asking = setInterval(() => void ask(), 100);
});
afterAll(async () => {
  clearInterval(asking);
  agent.destroy();
  await mini?.[Symbol.asyncDispose]();
});

const cases: readonly (readonly [answer: BadAnswer, seen: RegExp])[] = [
  [{ is: "status", status: 503 }, /over it has status 503 after .* past it has status 200/],
  [{ is: "slowFirstByte", delayMs: 300 }, /over it has status 200 after [3-9]\d\d ms/],
  [{ is: "hang" }, /over it accepted the connection and sent nothing; past it has status 200/],
  [{ is: "cutBody", share: 0.5 }, /over it .* 200000 bytes, broken off; past it .* 400000 bytes$/],
  [{ is: "slowBody", bytesPerSecond: 50_000 }, /over it .* \d{5} bytes so far; past it/],
  [{ is: "wrongBytes" }, /over it .* 400000 bytes; past it .* 400000 bytes$/],
  [{ is: "shortBody", share: 0.25 }, /over it .* 100000 bytes; past it .* 400000 bytes$/],
  [{ is: "wrongType", type: "text/html" }, /over it .*, text\/html, .*; past it .* video\/mp4/],
  [{ is: "resetBody", share: 0.5 }, /over it .* bytes, reset; past it .* 400000 bytes$/],
];

describe("bad answers on real processes", () => {
  it.each(cases)("$is lands, lasts and heals", async (answer, seen) => {
    const injection = await injectInto(mini.deployment, of(answer));
    expect(injection.evidence.observation).toMatch(
      /^the proxy on a\/front → a\/back:http has struck [1-9]\d* of [1-9]\d* requests; GET \/large/,
    );
    expect(injection.evidence.observation).toMatch(seen);
    expect(injection.evidence.landed).toBe(true);
    expect(await injection.observe?.look()).toMatchObject({ landed: true });
    const healed = await injection.heal();
    expect(healed.observation).toMatch(/has the rule no more; GET \/large over it has status 200/);
    expect(healed.landed, healed.observation).toBe(true);
    expect(await ask()).toBe(400_000);
  });

  it("strikes only requests with the header, and only the share of them", async () => {
    const who = { header: { name: "x-account", value: "test" }, share: 0.5 };
    const injection = injectInto(mini.deployment, of({ is: "status", status: 500 }, who));
    const answers: (number | string)[] = [];
    await vi.waitFor(async () => expect(await ask({ "x-account": "test" })).toBe(500));
    for (let asked = 0; asked < 6; asked++) answers.push(await ask({ "x-account": "test" }));
    const others = await ask();
    const { evidence, heal } = await injection;
    await heal();
    expect(answers.filter((one) => one === 500)).toHaveLength(3);
    expect(others).toBe(400_000);
    expect(evidence.landed, evidence.observation).toBe(true);
  });

  it("does not land where nothing is struck", async () => {
    const never = { ...of({ is: "hang" }), path: "^/nothing" } as Fault;
    const injection = await injectInto(mini.deployment, never);
    expect(injection.evidence).toEqual({
      landed: false,
      observation: expect.stringMatching(/has struck 0 of [1-9]\d* requests$/),
    });
    expect(await injection.heal()).toMatchObject({ landed: true });
  });

  it("is seen to be over where its link does not answer any more", async () => {
    const injection = await injectInto(mini.deployment, of({ is: "status", status: 503 }));
    const link = mini.deployment.links.find(({ link: { to } }) => to === "a/back");
    await link?.cut();
    const cut = await injection.observe?.look();
    await link?.restore();
    await injection.heal();
    expect(cut).toMatchObject({ landed: false, observation: /refused the connection/ });
  });
});
