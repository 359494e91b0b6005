/**
 * The session endpoints: POST /sessions, then GET and DELETE /sessions/current with the session's
 * token. A start costs the derivation of the device's playback key and a least time. They simulate
 * the licence and entitlement calls of a real gateway, which are by far its most expensive work.
 */
import { randomBytes, scrypt } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { header } from "../service/server.ts";
import { readJson } from "./body.ts";
import type { Gate, Visit } from "./admission-http.ts";
import { placeIn, type Stretch } from "./jitter.ts";
import { leaseMs, type StartSession } from "./session-start.ts";
import { type SessionClaims, signToken, verifyToken } from "./session-token.ts";
import type { Steering } from "./steering.ts";
import type { Telemetry } from "./telemetry.ts";

export interface SessionParts {
  readonly event: string;
  readonly edges: readonly { readonly name: string; readonly url: string }[];
  readonly tokenKey: string;
  readonly keyCost: number;
  readonly startMsMin: number;
  readonly jitter: boolean;
  readonly gate: Gate;
  readonly startSession: StartSession;
  readonly steering: Steering;
  readonly telemetry: Telemetry;
  readonly nowMs: () => number;
}

export interface Sessions {
  start(request: IncomingMessage, response: ServerResponse): Promise<void>;
  current(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /**
   * The session of the request's token. Undefined if the token is invalid, null if there is none.
   */
  claims(request: IncomingMessage): SessionClaims | null | undefined;
  manifestUrl(edge: string): string;
}

const startShape = z.strictObject({
  device: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, - or _"),
  /** The highest bitrate that the device can display or its line can carry. */
  bitsPerSecondMax: z.int().positive().max(1e9).optional(),
});
const startBytesMax = 2 * 1024;
/** A device renews its session within this time, each at its own moment. */
const renewMs: Stretch = { from: 40_000, spread: 40_000 };
/** The lifetime of a token: longer than an event. */
const tokenMs = 12 * 3_600_000;

export function createSessions(parts: SessionParts): Sessions {
  const { gate, startSession, steering, telemetry, nowMs, tokenKey, edges } = parts;
  const manifestUrl = (edge: string): string =>
    `${edges.find(({ name }) => name === edge)?.url ?? ""}/live/${parts.event}/manifest.mpd`;
  const described = (claims: SessionClaims, edge: string): object => ({
    session: claims.session,
    edge,
    edgeUrl: edges.find(({ name }) => name === edge)?.url,
    manifestUrl: manifestUrl(edge),
    bitsPerSecond: claims.bitsPerSecond,
    leaseSeconds: leaseMs / 1000,
    renewAfterSeconds: placeIn(renewMs, parts.jitter, claims.device, claims.session) / 1000,
  });

  const licensed = async (device: string): Promise<Buffer> =>
    (await Promise.all([playbackKey(device, tokenKey, parts.keyCost), sleep(parts.startMsMin)]))[0];

  const begin = async (
    visit: Visit,
    { device, bitsPerSecondMax }: z.infer<typeof startShape>,
  ): Promise<void> => {
    const session = randomBytes(16).toString("hex");
    const start = await startSession(
      visit.bucket,
      { session, bitsPerSecondMax },
      () => licensed(device),
      visit.left,
    );
    switch (start.kind) {
      case "shed":
        return visit.refuse(503, "busy", "shed");
      case "full":
        return visit.refuse(503, "no edge has room", "full");
      case "aborted":
        return visit.ended("aborted");
      case "started": {
        const { edge, bitsPerSecond, made, tookMs } = start;
        const own: SessionClaims = { session, device, bitsPerSecond, untilMs: nowMs() + tokenMs };
        telemetry.started(edge, tookMs);
        visit.json(201, {
          ...described(own, edge),
          token: signToken(own, tokenKey),
          playbackKey: made.toString("base64"),
          backoff: visit.backoff(),
        });
      }
    }
  };

  const claims = (request: IncomingMessage): SessionClaims | null | undefined => {
    const given = /^Bearer (\S+)$/.exec(header(request, "authorization") ?? "")?.[1];
    if (given !== undefined) return verifyToken(given, tokenKey, nowMs()) ?? undefined;
    return header(request, "authorization") === null ? null : undefined;
  };

  return {
    claims,
    manifestUrl,
    async start(request, response) {
      const visit = await gate.enter(request, response, "start", "/sessions");
      if (visit === null) return;
      const body = await readJson(request, startShape, startBytesMax);
      if (!body.ok) return refuseBody(visit, body.status, body.problem);
      // The place is taken only now, because a trickling body must not hold one.
      await begin(visit, body.value);
    },
    async current(request, response) {
      const visit = await gate.enter(request, response, "steer", "/sessions", "move");
      if (visit === null) return;
      const known = claims(request);
      if (known === null || known === undefined)
        return visit.refuse(401, "a session's token is needed", "rejected");
      if (request.method === "DELETE") {
        steering.release(known.session);
        return visit.json(200, { ended: known.session });
      }
      const edge = steering.place(known.session, known.bitsPerSecond, nowMs() + leaseMs);
      if (edge === null) visit.refuse(503, "no edge has room", "full");
      else visit.json(200, { ...described(known, edge), backoff: visit.backoff() });
    },
  };
}

/** The answer to a body that could not be read. */
export function refuseBody(
  visit: Visit,
  status: 400 | 408 | 413 | 422 | null,
  problem: string,
): void {
  visit.refuse(status ?? 400, problem, status === null ? "aborted" : "rejected");
}

/** Runs in libuv's pool, so that the event loop stays free to refuse requests. */
function playbackKey(device: string, secret: string, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(
      device,
      secret,
      32,
      { N: cost, r: 8, p: 1, maxmem: 2 ** 20 + 256 * 8 * cost },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}
