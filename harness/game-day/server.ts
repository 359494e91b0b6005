/** The day's page and what it asks for: loopback only, nothing without a role's token, everything that is said checked before it reaches the desk. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { SeawallError } from "../base/errors.ts";
import type { By, Day } from "./day/day.ts";
import type { Right, Role } from "./day/game-day.ts";
import { mayNot, strangerProblem, Tokens } from "./access.ts";
import type { Desk, Log } from "./desk.ts";
import { EventStreams } from "./event-streams.ts";
import { livePage } from "./live-page.ts";

export interface Served extends AsyncDisposable {
  readonly port: number;
  /** The link of a role. What follows `#` never leaves the browser that opens it. */
  linkOf(role: string): string;
}

export interface ServeOptions {
  readonly day: Day;
  readonly desk: Desk;
  readonly log: Log;
  readonly nowMs: () => number;
  /** The day's folder, for people. */
  readonly directory: string;
  /** 0: any that is free. */
  readonly port: number;
}

const bodyBytesMax = 16 * 1024;
const host = "127.0.0.1";

const person = z
  .string()
  .trim()
  .max(60)
  .transform((text) => (text === "" ? null : text))
  .nullable()
  .default(null);
const words = {
  "/api/answer": z.strictObject({
    question: z.number().int().positive(),
    answer: z.enum(["go", "no-go"]),
    name: person,
  }),
  "/api/stop": z.strictObject({ name: person }),
  "/api/note": z.strictObject({
    text: z.string().trim().min(1).max(1_000),
    key: z.string().regex(/^[\w-]{8,64}$/),
    name: person,
  }),
} as const;
const rightFor = {
  "/api/answer": "decide",
  "/api/stop": "stop",
  "/api/note": "note",
} as const satisfies Record<keyof typeof words, Right>;

/** Of everything that is sent: nothing of it may be framed, guessed at, kept or told to others. */
const headers = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
} as const;

export async function serveDay(options: ServeOptions): Promise<Served> {
  const tokens = new Tokens(options.day.roles);
  const streams = new EventStreams(options.log, options.desk);
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 16_384 },
    (request, response) => {
      void handle(request, response, { ...options, tokens, streams }).catch(() => {
        if (!response.headersSent) refuse(response, 500, "something went wrong here");
        else response.destroy();
      });
    },
  );
  const { port } = await new Promise<AddressInfo>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new SeawallError(
          "PORT_BUSY",
          `the game day's page cannot be served on ${host}:${options.port}: ${error.code}`,
          { cause: error, hint: "Choose another port with --port, or none for any that is free." },
        ),
      ),
    );
    server.listen(options.port, host, () => resolve(server.address() as AddressInfo));
  });
  return {
    port,
    linkOf: (role) => `http://${host}:${port}/#${tokens.tokenOf(role)}`,
    [Symbol.asyncDispose]: async () => {
      streams[Symbol.dispose]();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

interface Handling extends ServeOptions {
  readonly tokens: Tokens;
  readonly streams: EventStreams;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  handling: Handling,
): Promise<void> {
  const path = (request.url ?? "").split("?", 1)[0] as string;
  const isPage = path === "/" && request.method === "GET";
  const stranger = strangerProblem(request.headers, isPage);
  if (stranger !== null) return refuse(response, stranger.status, stranger.why);
  if (isPage) {
    const { html, policy } = livePage();
    response
      .writeHead(200, {
        ...headers,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": `${policy}; frame-ancestors 'none'`,
      })
      .end(html);
    return;
  }
  const role = handling.tokens.roleOf(request.headers.authorization);
  if (role === null)
    return refuse(
      response,
      401,
      "this link is not good, or not any more: take the one that the terminal shows",
    );
  if (path === "/api/day" && request.method === "GET")
    return answer(response, {
      day: handling.day,
      directory: handling.directory,
      role,
      nowMs: handling.nowMs(),
    });
  if (path === "/api/events" && request.method === "GET") stream(request, response, handling);
  else if (Object.hasOwn(words, path) && request.method === "POST")
    await hear(request, response, path as keyof typeof words, role, handling);
  else refuse(response, 404, "there is no such thing here");
}

function stream(request: IncomingMessage, response: ServerResponse, { streams }: Handling): void {
  const last = request.headers["last-event-id"];
  const since = typeof last === "string" && /^\d{1,12}$/.test(last) ? Number(last) : 0;
  if (streams.hasRoom) {
    response.writeHead(200, { ...headers, "Content-Type": "text/event-stream; charset=utf-8" });
    streams.open(response, since);
  } else refuse(response, 503, "too many pages are open");
}

async function hear(
  request: IncomingMessage,
  response: ServerResponse,
  path: keyof typeof words,
  role: Role,
  { desk }: Handling,
): Promise<void> {
  const forbidden = mayNot(role, rightFor[path]);
  if (forbidden !== null) return refuse(response, forbidden.status, forbidden.why);
  if (!/^application\/json(?:;|$)/.test(request.headers["content-type"] ?? ""))
    return refuse(response, 415, "it must be application/json");
  const body = await bodyOf(request);
  if (body === null) return refuse(response, 413, "that is too long");
  const parsed = words[path].safeParse(body);
  if (!parsed.success)
    return refuse(
      response,
      400,
      parsed.error.issues
        .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`)
        .join("; "),
    );
  const said = parsed.data as { name: string | null } & Record<string, unknown>;
  const by: By = { role: role.name, name: said.name };
  if (path === "/api/answer") {
    const { question, answer: word } = words[path].parse(body);
    return desk.answer(question, word, by)
      ? answer(response, { done: true })
      : refuse(response, 409, "that question is not open any more");
  }
  if (path === "/api/stop") desk.stop(by);
  else {
    const { text, key } = words["/api/note"].parse(body);
    desk.note(text, by, key);
  }
  return answer(response, { done: true });
}

/** Null when it is too long; undefined when it is no JSON. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bodyBytesMax) return null;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8")) ?? undefined;
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, body: object): void {
  response
    .writeHead(200, { ...headers, "Content-Type": "application/json" })
    .end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response
    .writeHead(status, {
      ...headers,
      "Content-Type": "application/json",
      ...(status === 413 ? { Connection: "close" } : {}),
    })
    .end(JSON.stringify({ why }));
}
