/**
 * Admits or refuses requests before their body is read, and tells refused clients when to retry. It
 * is the only place that answers a refusal.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { header } from "../service/server.ts";
import type { AdmittedPath, Bucket } from "./admission.ts";
import { createAdmissionDecision, type AdmissionParts } from "./admission-decision.ts";
import { type Backoff, retryAfterHeader } from "./guidance.ts";
import type { SerialStage } from "./serial-stage.ts";
import type { Lane, Outcome, Telemetry } from "./telemetry.ts";

export interface GateParts extends AdmissionParts {
  /** Reads requests one after another, including those that are refused. */
  readonly front: Pick<SerialStage, "pass">;
  readonly telemetry: Telemetry;
}

export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly lane: Lane;
  readonly bucket: Bucket;
  /** Fires when the client has left. */
  readonly left: AbortSignal;
  json(status: number, body: object, outcome?: Outcome): void;
  refuse(status: number, why: string, outcome: Outcome): void;
  /** For an answer that was written in pieces. */
  ended(outcome: Outcome): void;
  /** Undefined if guidance is switched off. */
  backoff(): Backoff | undefined;
}

export interface Gate {
  /** Null if the request was refused, or if its sender had left by the time it was read. */
  enter(
    request: IncomingMessage,
    response: ServerResponse,
    lane: Lane,
    path: AdmittedPath,
    kind?: string,
  ): Promise<Visit | null>;
}

/** Gives the kind of a request; see {@link bucketOf}. */
export const kindHeader = "x-request-kind";
/**
 * An unread body is read and discarded up to this many bytes, so that the connection can be reused.
 */
const skippedBytesMax = 64 * 1024;

export function createGate({ telemetry, front, ...parts }: GateParts): Gate {
  const enter = createAdmissionDecision(parts);
  return {
    async enter(request, response, lane, path, kind) {
      await front.pass();
      const { bucket, admitted, backoff } = enter(path, kind ?? header(request, kindHeader));
      if (response.destroyed) {
        telemetry.request(lane, bucket, "aborted");
        return null;
      }
      const leaving = new AbortController();
      response.once("close", () => leaving.abort());
      const answer = (
        status: number,
        body: object,
        outcome: Outcome,
        headers: Record<string, string>,
      ): void => {
        telemetry.request(lane, bucket, outcome);
        if (response.destroyed) return;
        const text = `${JSON.stringify(body)}\n`;
        response.writeHead(status, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(text),
          "cache-control": "no-store",
          ...headers,
          ...(skippable(request) ? {} : { connection: "close" }),
        });
        response.end(text);
      };
      const visit: Visit = {
        request,
        response,
        lane,
        bucket,
        left: leaving.signal,
        backoff,
        ended: (outcome) => telemetry.request(lane, bucket, outcome),
        json: (status, body, outcome = "served") => answer(status, body, outcome, {}),
        refuse(status, why, outcome) {
          // A retry helps against load, not against an invalid request.
          const advice = status === 503 ? backoff() : undefined;
          answer(status, { error: why, backoff: advice }, outcome, {
            "x-answer": outcome,
            ...(advice === undefined ? {} : { "retry-after": retryAfterHeader(advice) }),
          });
        },
      };
      if (admitted) return visit;
      visit.refuse(503, "busy", "shed");
      return null;
    },
  };
}

function skippable(request: IncomingMessage): boolean {
  if (request.complete) return true;
  const declared = header(request, "content-length");
  return declared === null
    ? request.headers["transfer-encoding"] === undefined
    : Number(declared) <= skippedBytesMax;
}
