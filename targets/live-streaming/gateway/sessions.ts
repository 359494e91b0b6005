/**
 * Session start and what follows it: POST /sessions, then GET and DELETE /sessions/current with the session's token. A start costs the
 * derivation of the device's playback key, which stands for the licence and entitlement work of a real gateway and is by far its dearest part.
 */
import { randomBytes, scrypt } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { header } from "../service/server.ts";
import type { ConcurrencyLimit } from "../service/gradient2.ts";
import type { Rendition } from "../stream/event.ts";
import { readJson } from "./body.ts";
import { type Gate, rankOf, type Visit } from "./gate.ts";
import { spread } from "./jitter.ts";
import { type SessionClaims, signToken, verifyToken } from "./session-token.ts";
import type { Steering } from "./steering.ts";
import type { Telemetry } from "./telemetry.ts";
import type { Workers } from "./workers.ts";

export interface SessionParts {
  readonly event: string;
  readonly renditions: readonly Pick<Rendition, "kind" | "bitsPerSecond">[];
  readonly edges: readonly { readonly name: string; readonly url: string }[];
  readonly tokenKey: string;
  readonly keyCost: number;
  readonly admission: boolean;
  readonly jitter: boolean;
  readonly gate: Gate;
  readonly limit: ConcurrencyLimit;
  readonly workers: Workers;
  readonly steering: Steering;
  readonly telemetry: Telemetry;
  readonly nowMs: () => number;
}

export interface Sessions {
  start(request: IncomingMessage, response: ServerResponse): Promise<void>;
  current(request: IncomingMessage, response: ServerResponse): void;
  /** The session of a request that carries a token; undefined for a token that is none, null without any. */
  claims(request: IncomingMessage): SessionClaims | null | undefined;
  manifestUrl(edge: string): string;
}

const startShape = z.strictObject({
  device: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, - or _"),
  /** The most that the device can show or its line can carry. */
  bitsPerSecondMax: z.int().positive().max(1e9).optional(),
});
const startBytesMax = 2 * 1024;
/** Requests that are not critical leave this share of the limit alone. Choose. */
const nonCriticalLimitShare = 0.8;
/** A session that its device does not renew by asking again is forgotten, and its bitrate free again. Choose. */
export const leaseMs = 120_000;
/** A device should ask again in this stretch, each at its own moment. */
const renewMs = { from: 40_000, spread: 40_000 };
/** How long a token is good for: longer than an event. */
const tokenMs = 12 * 3_600_000;

export function createSessions(parts: SessionParts): Sessions {
  const { gate, limit, workers, steering, telemetry, nowMs, tokenKey, edges } = parts;
  const manifestUrl = (edge: string): string => `${edges.find(({ name }) => name === edge)?.url ?? ""}/live/${parts.event}/manifest.mpd`;
  const described = (claims: SessionClaims, edge: string): object => ({
    session: claims.session, edge, edgeUrl: edges.find(({ name }) => name === edge)?.url, manifestUrl: manifestUrl(edge), bitsPerSecond: claims.bitsPerSecond,
    leaseSeconds: leaseMs / 1000, renewAfterSeconds: (parts.jitter ? spread(renewMs.from, renewMs.spread, claims.device, claims.session) : renewMs.from) / 1000,
  });

  const begin = async (visit: Visit, wanted: z.infer<typeof startShape>): Promise<boolean> => {
    const startedMs = performance.now();
    const key = await workers.run(parts.admission ? rankOf(visit.bucket) : 0, () => playbackKey(wanted.device, tokenKey, parts.keyCost), visit.left);
    if (key === null || visit.left.aborted) {
      visit.ended("aborted");
      return false;
    }
    const claims: SessionClaims = {
      session: randomBytes(16).toString("hex"), device: wanted.device, untilMs: nowMs() + tokenMs,
      bitsPerSecond: nominalBitsPerSecond(parts.renditions, wanted.bitsPerSecondMax ?? Infinity),
    };
    const edge = steering.place(claims.session, claims.bitsPerSecond, nowMs() + leaseMs);
    if (edge === null) visit.refuse(503, "no edge has room", "full");
    else {
      telemetry.started(edge, performance.now() - startedMs);
      visit.json(201, { ...described(claims, edge), token: signToken(claims, tokenKey), playbackKey: key.toString("base64"), backoff: visit.backoff() });
    }
    return true;
  };

  const claims = (request: IncomingMessage): SessionClaims | null | undefined => {
    const given = /^Bearer (\S+)$/.exec(header(request, "authorization") ?? "")?.[1];
    if (given !== undefined) return verifyToken(given, tokenKey, nowMs()) ?? undefined;
    return header(request, "authorization") === null ? null : undefined;
  };

  return {
    claims, manifestUrl,
    async start(request, response) {
      const visit = gate.enter(request, response, "start", "/sessions");
      if (visit === null) return;
      const body = await readJson(request, startShape, startBytesMax);
      if (!body.ok) return refuseBody(visit, body.status, body.problem);
      // Taken only now: a body that dribbles in must not hold a place.
      if (parts.admission && !limit.tryAcquire(visit.bucket === "CRITICAL" ? 1 : nonCriticalLimitShare)) return visit.refuse(503, "busy", "shed");
      const startedMs = performance.now();
      let done = false;
      try {
        done = await begin(visit, body.value);
      } finally {
        if (parts.admission) limit.release(done ? performance.now() - startedMs : null);
      }
    },
    current(request, response) {
      const visit = gate.enter(request, response, "steer", "/sessions", "move");
      if (visit === null) return;
      const known = claims(request);
      if (known === null || known === undefined) return visit.refuse(401, "a session's token is needed", "rejected");
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

/** Answers for a body that could not be read. */
export function refuseBody(visit: Visit, status: 400 | 408 | 413 | 422 | null, problem: string): void {
  visit.refuse(status ?? 400, problem, status === null ? "aborted" : "rejected");
}

/** The best video within what the device can take, or the least there is, and the sound. */
export function nominalBitsPerSecond(renditions: SessionParts["renditions"], max: number): number {
  const rates = (kind: Rendition["kind"]): number[] => renditions.filter((each) => each.kind === kind).map(({ bitsPerSecond }) => bitsPerSecond);
  const audio = Math.max(0, ...rates("audio"));
  const videos = rates("video");
  const within = videos.filter((rate) => rate + audio <= max);
  const video = within.length > 0 ? Math.max(...within) : videos.length > 0 ? Math.min(...videos) : 0;
  return video + audio;
}

/** In libuv's pool, so that the event loop stays free to refuse. */
function playbackKey(device: string, secret: string, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(device, secret, 32, { N: cost, r: 8, p: 1, maxmem: 2 ** 20 + 256 * 8 * cost }, (error, key) => error === null ? resolve(key) : reject(error));
  });
}
