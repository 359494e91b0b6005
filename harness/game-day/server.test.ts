import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Role } from "./day/game-day.ts";
import { realClock } from "../system/clock.ts";
import { dayOf, stepOf } from "../../test/support/game-day/day.ts";
import { MemoryLog } from "./memory-log.ts";
import { Desk } from "./desk.ts";
import { type Served, serveDay } from "./server.ts";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const roles: readonly Role[] = [
  { name: "conductor", may: ["decide", "stop", "note"] },
  { name: "observer", may: ["note"] },
  { name: "wall", may: [] },
];
const day = dayOf([stepOf("one")], { roles });
let page: Served;
let log: MemoryLog;
let desk: Desk;
let asking: Promise<unknown>;

beforeAll(async () => {
  const clock = realClock();
  log = new MemoryLog(() => clock.nowMs());
  desk = new Desk(day, log, clock);
  page = await serveDay({
    day,
    desk,
    log,
    directory: "/nowhere",
    nowMs: () => clock.nowMs(),
    port: 0,
  });
  asking = desk.ask(0, "start", 60_000, desk.stopped);
  asking.catch(() => {});
});
afterAll(async () => {
  desk.stop({ role: "terminal", name: null });
  await page[Symbol.asyncDispose]();
});

const tokenOf = (role: string): string => page.linkOf(role).split("#")[1] as string;

function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
  untilText?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        agent: false,
        host: "127.0.0.1",
        port: page.port,
        method,
        path,
        headers: { Host: `127.0.0.1:${page.port}`, ...headers },
      },
      (response) => {
        let text = "";
        const done = (): void =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        response
          .setEncoding("utf8")
          .on("data", (part: string) => {
            text += part;
            if (untilText !== undefined && text.includes(untilText)) {
              done();
              request.destroy();
            }
          })
          .on("end", done)
          .on("error", () => {});
      },
    );
    request.on("error", (error) => (untilText === undefined ? reject(error) : undefined));
    request.end(body);
  });
}

const json = { "Content-Type": "application/json" };
const as = (role: string): Record<string, string> => ({
  Authorization: `Bearer ${tokenOf(role)}`,
  ...json,
});
const note = (key: string): string => JSON.stringify({ text: "seen", key, name: "Anna" });
/** The state that a refused request must not change. */
const withoutAffected = (): unknown => [log.events.length, desk.state.status];

describe("the day's page", () => {
  it("is an empty frame that may not be framed, cached or run with other scripts", async () => {
    const { status, headers, body } = await send("GET", "/", {});
    expect(status).toBe(200);
    expect(body).not.toContain(day.title);
    for (const role of roles) expect(body).not.toContain(tokenOf(role.name));
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:; connect-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(headers).not.toHaveProperty("set-cookie");
  });

  it.each(["evil.example", "127.0.0.1.evil.example", "evil.example:80", "0.0.0.0"])(
    "is not served under the name %j, which could be rebound to this machine",
    async (name) => {
      for (const path of ["/", "/api/day", "/api/events"])
        expect((await send("GET", path, { ...as("conductor"), Host: name })).status, path).toBe(
          421,
        );
    },
  );

  it.each(["127.0.0.1", "localhost", "[::1]"])(
    "is served under %s, through a tunnel with another port, too",
    async (name) => {
      expect(
        (
          await send("GET", "/api/day", {
            ...as("wall"),
            Host: `${name}:8080`,
            Origin: `http://${name}:8080`,
          })
        ).status,
      ).toBe(200);
    },
  );

  it.each<[string, Record<string, string>]>([
    ["another site", { Origin: "https://evil.example" }],
    ["another port of this machine", { Origin: "http://127.0.0.1:1" }],
    ["a sandboxed frame", { Origin: "null" }],
    ["a cross-site fetch", { "Sec-Fetch-Site": "cross-site" }],
    ["a same-site one", { "Sec-Fetch-Site": "same-site" }],
  ])("accepts nothing from %s, even with a valid token", async (_what, headers) => {
    const before = withoutAffected();
    for (const path of ["/api/stop", "/api/note", "/api/answer"])
      expect((await send("POST", path, { ...as("conductor"), ...headers }, "{}")).status).toBe(403);
    expect((await send("GET", "/api/events", { ...as("conductor"), ...headers })).status).toBe(403);
    expect(withoutAffected()).toEqual(before);
  });

  it("sends and accepts nothing without a token in the header", async () => {
    const before = withoutAffected();
    const good = tokenOf("conductor");
    for (const [path, headers] of [
      ["/api/stop", {}],
      [`/api/stop?token=${good}`, {}],
      ["/api/stop", { Cookie: `token=${good}` }],
      ["/api/stop", { Authorization: "Bearer" }],
      ["/api/stop", { Authorization: `Basic ${good}` }],
      ["/api/stop", { Authorization: `Bearer ${good.slice(0, -1)}` }],
      ["/api/stop", { Authorization: `Bearer ${good}x` }],
      ["/api/day", {}],
      ["/api/events", {}],
    ] as const) {
      const [method, body] = path.startsWith("/api/stop") ? ["POST", "{}"] : ["GET", undefined];
      expect((await send(method, path, { ...json, ...headers }, body)).status, path).toBe(401);
    }
    expect(withoutAffected()).toEqual(before);
  });

  it.each<[string, string, string, number]>([
    ["observer", "/api/stop", "{}", 403],
    ["observer", "/api/answer", '{"question":1,"answer":"go"}', 403],
    ["wall", "/api/note", note("aaaaaaaa"), 403],
    ["observer", "/api/note", note("aaaaaaaa"), 200],
    ["conductor", "/api/answer", '{"question":7,"answer":"go"}', 409],
    ["conductor", "/api/nothing", "{}", 404],
  ])("lets %s post to %s as far as its role permits", async (role, path, body, status) => {
    expect((await send("POST", path, as(role), body)).status).toBe(status);
    expect(desk.state.status).toBe("waiting");
  });

  it.each<[string, string, number]>([
    ["no JSON", "{", 400],
    ["nothing", "", 400],
    ["another shape", "[]", 400],
    ["an unknown word", '{"question":1,"answer":"maybe"}', 400],
    ["something besides", '{"question":1,"answer":"go","role":"x"}', 400],
    ["too much", JSON.stringify({ question: 1, answer: "go", name: "x".repeat(20_000) }), 413],
  ])("refuses %s and continues", async (_what, body, status) => {
    expect((await send("POST", "/api/answer", as("conductor"), body)).status).toBe(status);
    expect(
      (
        await send(
          "POST",
          "/api/answer",
          { ...as("conductor"), "Content-Type": "text/plain" },
          '{"question":1,"answer":"go"}',
        )
      ).status,
    ).toBe(415);
    expect(desk.state.status).toBe("waiting");
  });

  it("records a note once if it is sent twice", async () => {
    const notes = (): number => log.events.filter((event) => event.kind === "note").length;
    const before = notes();
    for (let times = 0; times < 3; times++)
      expect((await send("POST", "/api/note", as("observer"), note("bbbbbbbb"))).status).toBe(200);
    expect(notes()).toBe(before + 1);
    expect(log.events.at(-1)).toMatchObject({
      kind: "note",
      text: "seen",
      by: { role: "observer", name: "Anna" },
      step: 0,
    });
  });

  it("sends the events after a page's last one, and then the state of the day", async () => {
    const ids = ({ body }: Answer): number[] =>
      [...body.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    const whole = await send("GET", "/api/events", as("wall"), undefined, "event: state");
    expect(ids(whole)).toEqual(log.events.map((event) => event.seq));
    expect(
      ids(
        await send(
          "GET",
          "/api/events",
          { ...as("wall"), "Last-Event-ID": "2" },
          undefined,
          "event: state",
        ),
      ),
    ).toEqual(log.events.slice(2).map((event) => event.seq));
    expect(whole.body).toContain('"status":"waiting"');
  });

  it("disconnects no page that reads, and ends every stream with itself", async () => {
    const clock = realClock();
    const own = new MemoryLog(() => clock.nowMs());
    const served = await serveDay({
      day,
      desk: new Desk(day, own, clock),
      log: own,
      directory: "/nowhere",
      nowMs: () => clock.nowMs(),
      port: 0,
    });
    const events = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${served.port}/api/events`, {
        headers: { Authorization: `Bearer ${served.linkOf("wall").split("#")[1]}` },
      });
    // More pages than may be open at once, one after another.
    for (let page = 0; page < 60; page++) {
      const response = await events();
      expect(response.status).toBe(200);
      await response.body?.cancel();
      if (page % 20 === 19) await new Promise((wake) => setTimeout(wake, 100));
    }
    const last = await events();
    for (let times = 0; times < 2_000; times++)
      own.append({
        kind: "note",
        text: `${"x".repeat(500)} ${times}.`,
        by: { role: "wall", name: null },
        key: `key-${times}`,
        step: null,
      });
    const reader = last.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.slice(-1_000).includes(" 1999.")) text += (await reader?.read())?.value;
    expect(text.match(/^id: /gm)).toHaveLength(2_000);
    // The last event arrives, too, before the stream ends normally.
    own.append({
      kind: "note",
      text: "the last word",
      by: { role: "wall", name: null },
      key: "key-last",
      step: null,
    });
    await served[Symbol.asyncDispose]();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      text += part.value;
    expect(text).toContain("the last word");
  });

  it("stops at a conductor's request, idempotently", async () => {
    for (let times = 0; times < 2; times++)
      expect((await send("POST", "/api/stop", as("conductor"), '{"name":" Anna "}')).status).toBe(
        200,
      );
    expect(log.events.filter((event) => event.kind === "stopped")).toMatchObject([
      { by: { role: "conductor", name: "Anna" } },
    ]);
    await expect(asking).rejects.toThrow("stopped by Anna (conductor)");
  });
});
