import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswerRule, Knowledge } from "../../target/bad-answer.ts";
import { lookHeaderName } from "./look.ts";
import { Rules } from "./rules.ts";

type Given = Readonly<Record<string, string>>;
const request = (path: string, headers: Given = {}, method = "GET", port = 1): IncomingMessage =>
  ({
    method,
    url: path,
    headers,
    socket: { remoteAddress: "127.0.0.1", remotePort: port },
  }) as unknown as IncomingMessage;
const does = { is: "hang" } as const;

function ruleOf(rule: Partial<AnswerRule>, known: ReadonlyMap<string, Knowledge> = new Map()) {
  const rules = new Rules(known);
  rules.add("id", "link", { does, who: {}, ...rule });
  const [only] = rules.on("link");
  if (only === undefined) throw new Error("it was added");
  return { rules, rule: only };
}

describe("a rule", () => {
  it("strikes its share of the requests, evenly spread", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        (share, count) => {
          const { rule } = ruleOf({ who: { share } });
          const struck = Array.from({ length: count }, () => rule.strikes(request("/"))).filter(
            Boolean,
          ).length;
          expect(struck).toBe(Math.floor(count * share));
          expect(rule.counted()).toMatchObject({ passed: count, struck });
        },
      ),
    );
  });

  it("strikes a session in all its requests or in none, and about its share of them", () => {
    const { rule } = ruleOf({ who: { sessions: { share: 0.3, by: "Cookie" } } });
    const sessions = Array.from({ length: 400 }, (_, index) =>
      [1, 2, 3].map(() => rule.strikes(request("/", { cookie: `s${index}` }))),
    );
    for (const one of sessions) expect(new Set(one).size).toBe(1);
    const share = sessions.filter(([first]) => first).length / sessions.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
    expect(rule.strikes(request("/"))).toBe(false);
  });

  it("takes a connection for a session where no header is named", () => {
    const { rule } = ruleOf({ who: { sessions: { share: 0.5 } } });
    const struck = Array.from({ length: 200 }, (_, port) => [
      rule.strikes(request("/", {}, "GET", port)),
      rule.strikes(request("/", {}, "GET", port)),
    ]);
    for (const [first, second] of struck) expect(first).toBe(second);
    expect(new Set(struck.map(([first]) => first)).size).toBe(2);
  });

  it("strikes by path, header and knowledge together", () => {
    const known: Knowledge = {
      matcher: () => ({ matches: ({ path }) => path.endsWith(".x") }),
    };
    const { rule } = ruleOf(
      {
        path: "^/a",
        who: { header: { name: "X-Account", value: "test" } },
        knows: { module: "m", which: {} },
      },
      new Map([["m", known]]),
    );
    const test = { "x-account": "test" };
    expect(rule.strikes(request("/a.x", test))).toBe(true);
    expect(rule.strikes(request("/a.x"))).toBe(false);
    expect(rule.strikes(request("/b.x", test))).toBe(false);
    expect(rule.strikes(request("/a.y", test))).toBe(false);
  });

  it("does not count a look, and strikes one that repeats a struck request", () => {
    const { rule } = ruleOf({ path: "^/a", who: { share: 0.001 } });
    const look = { [lookHeaderName]: "id" };
    expect(rule.strikes(request("/a", look))).toBe(true);
    expect(rule.strikes(request("/b", look))).toBe(false);
    expect(rule.strikes(request("/a", { [lookHeaderName]: "another" }))).toBe(false);
    expect(rule.counted()).toEqual({ passed: 0, struck: 0, example: null });
  });

  it("offers only a GET for another look, without headers of its connection", () => {
    const { rule } = ruleOf({});
    rule.strikes(request("/order", { "content-length": "3" }, "POST"));
    expect(rule.counted()).toEqual({ passed: 1, struck: 1, example: null });
    rule.strikes(request("/a?t=1", { connection: "keep-alive", cookie: "c", host: "h" }));
    expect(rule.counted().example).toEqual({
      method: "GET",
      path: "/a?t=1",
      headers: { cookie: "c", host: "h" },
    });
  });

  it("is gone once removed, lets go what it held, and loads no other module", () => {
    const { rules, rule } = ruleOf({});
    let released = 0;
    rule.held.add(() => {
      released += 1;
    });
    rules.remove("id");
    rules.remove("id");
    expect([rules.counted("id"), rules.on("link"), released]).toEqual([null, [], 1]);
    expect(() =>
      rules.add("b", "link", { does, who: {}, knows: { module: "/other", which: {} } }),
    ).toThrow("unknown module /other");
  });
});
