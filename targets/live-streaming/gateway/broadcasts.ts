/**
 * The HTTP side of broadcasts: a channel of server-sent events, the board for devices that poll,
 * and the operator's POST.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { header, reply } from "../service/server.ts";
import { type Audience, noticeFor, resumeAfter } from "./audience.ts";
import type { Board } from "./board.ts";
import { readJson } from "./body.ts";
import type { Gate } from "./admission-http.ts";
import { placeIn, pollAfterMs, type Stretch } from "./jitter.ts";
import type { Sessions } from "./sessions.ts";

export interface BroadcastParts {
  readonly gate: Gate;
  readonly board: Board;
  readonly audience: Audience;
  readonly sessions: Sessions;
  readonly epoch: string;
  readonly jitter: boolean;
  readonly nowMs: () => number;
}

const postShape = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9.-]{0,63}$/),
  timestampMs: z.int().positive(),
  actAtMs: z.int().nonnegative().optional(),
  /** Devices act within this time after `actAtMs`. */
  spreadMs: z.int().nonnegative().max(600_000).optional(),
  data: z.json().optional(),
});
const postBytesMax = 8 * 1024;
/**
 * The default time over which devices act. A chosen value: even a herd of 65 million then makes 3
 * million requests a second.
 */
const spreadMsDefault = 20_000;
/** A device whose channel broke reconnects within this time. */
const reconnectMs: Stretch = { from: 1_000, spread: 9_000 };
const deviceShape = /^[A-Za-z0-9_-]{1,64}$/;
/**
 * A device that reads nothing for this long is disconnected. It reconnects and receives what it
 * missed.
 */
const stuckMs = 30_000;

export interface Broadcasts {
  channel(request: IncomingMessage, response: ServerResponse): Promise<void>;
  look(request: IncomingMessage, response: ServerResponse): Promise<void>;
  post(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** For operators: the board as it was posted. */
  showBoard(response: ServerResponse): void;
}

export function createBroadcasts({
  gate,
  board,
  audience,
  sessions,
  epoch,
  jitter,
  nowMs,
}: BroadcastParts): Broadcasts {
  const who = (request: IncomingMessage): { device: string; session: string | null } | null => {
    const claims = sessions.claims(request);
    if (claims === undefined) return null;
    const named = header(request, "x-device") ?? "";
    const device =
      claims?.device ??
      (deviceShape.test(named)
        ? named
        : `${request.socket.remoteAddress}:${request.socket.remotePort}`);
    return { device, session: claims?.session ?? null };
  };

  return {
    async channel(request, response) {
      const visit = await gate.enter(request, response, "broadcast", "/broadcasts", "watch");
      if (visit === null) return;
      const known = who(request);
      if (known === null) return visit.refuse(401, "this is not a session's token", "rejected");
      if (audience.full) return visit.refuse(503, "no channel is free", "full");
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      response.write(`retry: ${placeIn(reconnectMs, jitter, known.device, epoch)}\n\n`);
      let stuck: NodeJS.Timeout | undefined;
      const member = audience.join(
        known.device,
        known.session,
        resumeAfter(header(request, "last-event-id"), epoch),
        {
          write(text) {
            if (response.destroyed) return true;
            const keepsUp = response.write(text);
            if (!keepsUp) stuck ??= setTimeout(() => response.destroy(), stuckMs).unref();
            return keepsUp;
          },
          end: () => response.end(),
        },
      );
      response.on("drain", () => {
        clearTimeout(stuck);
        stuck = undefined;
        member?.drained();
      });
      response.once("close", () => {
        clearTimeout(stuck);
        member?.leave();
        visit.ended("served");
      });
    },
    async look(request, response) {
      const visit = await gate.enter(request, response, "broadcast", "/broadcasts", "watch");
      if (visit === null) return;
      const known = who(request);
      if (known === null) return visit.refuse(401, "this is not a session's token", "rejected");
      const after = resumeAfter(header(request, "last-event-id"), epoch);
      visit.json(200, {
        id: `${epoch}-${board.seq}`,
        notices: board
          .after(after)
          .map((notice) => JSON.parse(noticeFor(notice, known.device, jitter)) as unknown),
        pollAfterSeconds: pollAfterMs(known.device, epoch, nowMs(), jitter) / 1000,
      });
    },
    showBoard(response) {
      const notices = board
        .after(0)
        .map(({ data, ...notice }) => ({ ...notice, data: JSON.parse(data) as unknown }));
      reply(response, 200, `${JSON.stringify({ notices })}\n`, {
        "content-type": "application/json",
      });
    },
    async post(request, response) {
      const body = await readJson(request, postShape, postBytesMax);
      if (!body.ok)
        return reply(
          response,
          body.status ?? 400,
          `${body.problem}\n`,
          request.complete ? {} : { connection: "close" },
        );
      const {
        key,
        timestampMs,
        actAtMs = nowMs(),
        spreadMs = spreadMsDefault,
        data = null,
      } = body.value;
      const result = board.post({
        key,
        timestampMs,
        actAtMs,
        spreadMs,
        data: JSON.stringify(data),
      });
      if (result === "posted") void audience.announce();
      const [status, text] = {
        posted: [202, "posted\n"],
        stale: [200, "known already\n"],
        full: [507, "too many keys\n"],
      }[result] as [number, string];
      reply(response, status, text);
    },
  };
}
