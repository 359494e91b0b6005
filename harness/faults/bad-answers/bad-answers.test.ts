import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fakeLink, injected } from "../../../test/support/faults/strike.ts";
import type { AnswerRule, BadAnswer, Counted, ImposedRule } from "../../target/bad-answer.ts";
import type { Seen, SeenAnswer } from "../../target/observer.ts";
import { describeFault, type Fault, kindOf } from "../faults.ts";
import { showsAnswer } from "./answers.ts";
import { injectRule } from "./inject.ts";

const good: SeenAnswer = {
  outcome: "answered",
  status: 200,
  type: "video/mp4",
  firstByteMs: 3,
  tookMs: 500,
  announcedBytes: 1_000_000,
  bytes: 1_000_000,
  ended: "whole",
  sha256: "good",
  text: null,
};
/** How each way shows, next to a good answer past the link. */
const shown: Readonly<Record<BadAnswer["is"], readonly [answer: BadAnswer, over: Seen]>> = {
  status: [
    { is: "status", status: 503 },
    { ...good, status: 503, bytes: 0 },
  ],
  slowFirstByte: [
    { is: "slowFirstByte", delayMs: 400 },
    { ...good, firstByteMs: 404 },
  ],
  hang: [{ is: "hang" }, { outcome: "silent" }],
  cutBody: [
    { is: "cutBody", share: 0.5 },
    { ...good, bytes: 500_000, ended: "brokenOff" },
  ],
  slowBody: [
    { is: "slowBody", bytesPerSecond: 100_000 },
    { ...good, bytes: 150_000, tookMs: 1_500, ended: "open" },
  ],
  wrongBytes: [{ is: "wrongBytes" }, { ...good, sha256: "other" }],
  shortBody: [
    { is: "shortBody", share: 0.25 },
    { ...good, bytes: 250_000, announcedBytes: 250_000 },
  ],
  wrongType: [
    { is: "wrongType", type: "text/html" },
    { ...good, type: "text/html" },
  ],
  resetBody: [
    { is: "resetBody", share: 0.5 },
    { ...good, bytes: 500_000, ended: "reset" },
  ],
};
const every = Object.entries(shown).map(([is, [answer, over]]) => [is, answer, over] as const);

describe("an answer over the link", () => {
  it.each(every)("shows %s, and no other way", (is, answer, over) => {
    expect(showsAnswer(answer, over, good)).toBe(true);
    for (const [other, [way]] of Object.entries(shown))
      if (other !== is) expect(showsAnswer(way, over, good), other).toBe(false);
  });

  it.each(every)("shows no %s if it is as good as past the link", (_is, answer, over) => {
    expect(showsAnswer(answer, good, good)).toBe(false);
    // The service itself is as bad, so the link proves nothing.
    expect(showsAnswer(answer, over, over)).toBe(false);
    expect(showsAnswer(answer, over, { outcome: "silent" })).toBe(false);
    expect(showsAnswer(answer, over, { ...good, status: 500 })).toBe(false);
  });

  it("shows a cut only at its own share", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.nat(1_000_000), (percent, bytes) => {
        const over = { ...good, bytes, ended: "brokenOff" } as const;
        expect(showsAnswer({ is: "cutBody", share: percent / 100 }, over, good)).toBe(
          bytes === Math.floor((1_000_000 * percent) / 100),
        );
      }),
    );
  });
});

const rule: AnswerRule = { does: { is: "status", status: 503 }, who: {} };
const strikes = {
  rule,
  delayMs: 0,
  shows: (over: Seen, past: Seen) => showsAnswer({ is: "status", status: 503 }, over, past),
};

/** `counts`: what the proxy says, call by call; the last one from then on. */
function struckLink(counts: readonly (Counted | null)[]) {
  let removed = false;
  let at = 0;
  const link = fakeLink({
    answerWith: async () => ({
      lookHeader: { look: "it" },
      counted: async () =>
        removed ? null : (counts[Math.min(at++, counts.length - 1)] as Counted | null),
      remove: async () => {
        removed = true;
      },
    }),
  });
  const ask = async ({ host }: { host: string }): Promise<Seen> =>
    host === "entry" && !removed ? { ...good, status: 503 } : good;
  return { links: [link], observer: { ask }, fault: {} };
}
const example = { method: "GET", path: "/a", headers: {} };
const none: Counted = { passed: 3, struck: 0, example: null };
const some: Counted = { passed: 9, struck: 4, example };

describe("bad answers", () => {
  it("land once the proxy has struck a request and another one shows it", async () => {
    const given = struckLink([none, none, some]);
    const { evidence, observe, heal } = await injected((s) => injectRule(s, strikes), given);
    expect(evidence).toEqual({
      landed: true,
      observation:
        "the proxy on a → b:http has struck 4 of 9 requests; GET /a over it has status 503 " +
        "after 3 ms, video/mp4, 1000000 bytes; past it has status 200 after 3 ms, video/mp4, " +
        "1000000 bytes",
    });
    expect(await observe?.look()).toMatchObject({ landed: true });
    expect(await heal()).toMatchObject({ landed: true });
    expect(await observe?.look()).toEqual({
      landed: false,
      observation: "the proxy on a → b:http has no such rule any more",
    });
  });

  it("do not land on the proxy's word alone, nor on a look alone", async () => {
    const counted = { ...struckLink([some]), observer: { ask: async () => good } };
    const alone = await injected((s) => injectRule(s, strikes), counted);
    expect(alone.evidence.landed).toBe(false);
    const looked = await injected((s) => injectRule(s, strikes), struckLink([none]));
    expect(looked.evidence).toEqual({
      landed: false,
      observation: "the proxy on a → b:http has struck 0 of 3 requests",
    });
  });

  it("are not healed while the proxy keeps the rule, or answers stay bad", async () => {
    const given = struckLink([some]);
    const [link] = given.links;
    const kept = fakeLink({
      answerWith: async (asked) => ({
        ...(await (link?.answerWith?.(asked) as Promise<ImposedRule>)),
        remove: async () => undefined,
      }),
    });
    const first = await injected((s) => injectRule(s, strikes), { ...given, links: [kept] });
    expect(await first.heal()).toMatchObject({
      landed: false,
      observation: "the proxy on a → b:http keeps the rule",
    });
    const bad = async ({ host }: { host: string }): Promise<Seen> =>
      host === "entry" ? { ...good, status: 503 } : good;
    const second = await injected((s) => injectRule(s, strikes), {
      ...struckLink([some]),
      observer: { ask: bad },
    });
    expect(await second.heal()).toMatchObject({ landed: false });
  });

  it("need a proxy on the link, and are described", async () => {
    const { evidence } = await injected((s) => injectRule(s, strikes), {
      fault: {},
      links: [fakeLink()],
    });
    expect(evidence.observation).toMatch(/has no HTTP proxy/);
    const fault = {
      kind: "badAnswers",
      links: { to: { service: "b" } },
      path: "^/a",
      share: 0.5,
      sessions: { share: 0.1, by: "cookie" },
      header: { name: "x-account", value: "test" },
      answer: { is: "cutBody", share: 0.25 },
    } as const satisfies Fault;
    expect(describeFault(fault)).toBe(
      "answers to b break off after 25 %, of ^/a, 50 % of requests, 10 % of sessions by cookie, " +
        "with x-account: test",
    );
    expect(kindOf(fault).schema.safeParse({ ...fault, path: "(" }).success).toBe(false);
  });
});
