/**
 * The HTTP server of the day's page: loopback only, a role's token for everything, and all input
 * validated before it reaches the desk.
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { every } from "hono/combine";
import { secureHeaders } from "hono/secure-headers";
import { streamSSE } from "hono/streaming";
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
  /** The link of a role. The part after `#` never leaves the browser. */
  linkOf(role: string): string;
}

export interface ServeOptions {
  /** `run`: the page shows runs without decisions. */
  readonly kind?: "day" | "run";
  readonly day: Day;
  readonly desk: Desk;
  readonly log: Log;
  readonly nowMs: () => number;
  /** The day's folder, for display. */
  readonly directory: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Between the last event and the end of the server: pages receive the result. */
export const lastWordsMs = 300;
/** Pages are on this machine, so messages arrive at once. */
const closeWithinMs = 1_000;
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

export async function serveDay(options: ServeOptions): Promise<Served> {
  const tokens = new Tokens(options.day.roles);
  const streams = new EventStreams(options.log, options.desk);
  const server = createAdaptorServer({
    fetch: appOf(options, tokens, streams).fetch,
    overrideGlobalObjects: false,
    serverOptions: { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 16_384 },
  }) as Server;
  const { port } = await new Promise<AddressInfo>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new SeawallError(
          "PORT_BUSY",
          `the live page cannot be served on ${host}:${options.port}: ${error.code}`,
          {
            cause: error,
            hint: "Choose another port with --port, or omit it to use any free port.",
          },
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
        // A page receives its pending messages, above all the end of the day. One that does not
        // read is disconnected.
        const late = setTimeout(() => server.closeAllConnections(), closeWithinMs);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

type App = Hono<{ Variables: { role: Role } }>;

function appOf(options: ServeOptions, tokens: Tokens, streams: EventStreams): App {
  const app: App = new Hono();
  app.onError((_error, context) => context.json({ why: "something went wrong here" }, 500));
  app.notFound((context) => context.json({ why: "not found" }, 404));
  app.use(secured);
  app.use(async (context, next) => {
    const isPage = context.req.path === "/" && context.req.method === "GET";
    const stranger = strangerProblem((name) => context.req.header(name), isPage);
    return stranger === null ? next() : context.json({ why: stranger.why }, stranger.status);
  });
  app.get("/", (context) => {
    const { html, policy } = livePage();
    context.header("Content-Security-Policy", `${policy}; frame-ancestors 'none'`);
    return context.html(html);
  });
  app.use(async (context, next) => {
    const role = tokens.roleOf(context.req.header("authorization"));
    const why = "this link is invalid or has expired; use the one in the terminal";
    if (role === null) return context.json({ why }, 401);
    context.set("role", role);
    return next();
  });
  app.get("/api/day", (context) => {
    const { kind = "day", day, directory, nowMs } = options;
    return context.json({ kind, day, directory, role: context.get("role"), nowMs: nowMs() });
  });
  app.get("/api/events", (context) => {
    if (!streams.hasRoom) return context.json({ why: "too many pages are open" }, 503);
    const last = context.req.header("last-event-id") ?? "";
    const since = /^\d{1,12}$/.test(last) ? Number(last) : 0;
    return streamSSE(context, (stream) => streams.serve(stream, since));
  });
  routeInput(app, options.desk);
  return app;
}

/** No response may be framed, sniffed, cached or leaked to other sites. */
const secured = every(
  secureHeaders({ xFrameOptions: "DENY", strictTransportSecurity: false }),
  async (context, next) => {
    await next();
    context.res.headers.set("Cache-Control", "no-store");
  },
);

function routeInput(app: App, desk: Desk): void {
  const route = <P extends keyof typeof words>(
    path: P,
    done: (input: z.infer<(typeof words)[P]>, by: By) => string | null,
  ): void => {
    app.post(path, refuseUnsuitable(path), tooLong, async (context) => {
      const parsed = words[path].safeParse(await context.req.json().catch(() => undefined));
      if (!parsed.success) {
        const why = parsed.error.issues
          .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`)
          .join("; ");
        return context.json({ why }, 400);
      }
      const input = parsed.data as z.infer<(typeof words)[P]>;
      const why = done(input, { role: context.get("role").name, name: input.name });
      return why === null ? context.json({ done: true }) : context.json({ why }, 409);
    });
  };
  route("/api/answer", ({ question, answer }, by) =>
    desk.answer(question, answer, by) ? null : "that question is closed",
  );
  route("/api/stop", (_said, by) => {
    desk.stop(by);
    return null;
  });
  route("/api/note", ({ text, key }, by) => {
    desk.note(text, by, key);
    return null;
  });
}

function refuseUnsuitable(
  path: keyof typeof words,
): MiddlewareHandler<{ Variables: { role: Role } }> {
  return async (context, next) => {
    const forbidden = mayNot(context.get("role"), rightFor[path]);
    if (forbidden !== null) return context.json({ why: forbidden.why }, forbidden.status);
    if (!/^application\/json(?:;|$)/.test(context.req.header("content-type") ?? ""))
      return context.json({ why: "it must be application/json" }, 415);
    return next();
  };
}

const tooLong = bodyLimit({
  maxSize: bodyBytesMax,
  onError: (context) => {
    context.header("Connection", "close");
    return context.json({ why: "that is too long" }, 413);
  },
});
