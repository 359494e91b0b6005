import { describe, expect, it } from "vitest";
import { fakeLink, injected } from "../../../test/support/faults/strike.ts";
import type { Counted } from "../../target/bad-answer.ts";
import type { Seen } from "../../target/observer.ts";
import { inject } from "./inject.ts";

const good: Seen = {
  outcome: "answered",
  status: 404,
  type: null,
  firstByteMs: 2,
  tookMs: 3,
  announcedBytes: 0,
  bytes: 0,
  ended: "whole",
  sha256: "",
  text: null,
};
const expired: Seen = { outcome: "distrusted", code: "CERT_HAS_EXPIRED" };

function struck(struckConnections: number, over: Seen) {
  let removed = false;
  const counted: Counted = { passed: struckConnections, struck: struckConnections, example: null };
  const link = fakeLink({
    answerWith: async () => ({
      lookHeader: {},
      counted: async () => (removed ? null : counted),
      remove: async () => {
        removed = true;
      },
    }),
  });
  const ask = async ({ host }: { host: string }): Promise<Seen> =>
    host === "entry" && !removed ? over : good;
  return { fault: {}, links: [link], observer: { ask } };
}

describe("an expired certificate", () => {
  it("lands where a connection has got it and the harness distrusts it, and heals", async () => {
    const { evidence, observe, heal } = await injected(inject, struck(3, expired));
    expect(evidence).toEqual({
      landed: true,
      observation:
        "3 connections over a → b:http have got it; GET / over it is not trusted " +
        "(CERT_HAS_EXPIRED); past it has status 404 after 2 ms, no type, 0 bytes",
    });
    expect(await heal()).toMatchObject({ landed: true });
    expect(await observe?.look()).toMatchObject({ landed: false });
  });

  it.each([
    ["nothing connects", struck(0, expired)],
    ["the certificate is trusted", struck(3, good)],
    ["it is distrusted for another reason", struck(3, { ...expired, code: "CERT_REVOKED" })],
  ])("does not land where %s", async (_where, given) => {
    expect((await injected(inject, given)).evidence.landed).toBe(false);
  });
});
