/** Posts OTLP requests to a receiver in order, with the retries of the protocol. */
import { setTimeout as delay } from "node:timers/promises";
import { SeawallError } from "../base/errors.ts";
import { redacted } from "../base/redact.ts";
import { callDirectly } from "../system/direct-http.ts";
import type { ExportRequest } from "./requests.ts";

const attemptMs = 10_000;
const attempts = 5;
/** Retryable: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const retryable = new Set([429, 502, 503, 504]);

export interface Receiver {
  /** The full URL without a user and a password: `http://127.0.0.1:4318/v1/metrics`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Throws EXPORT_FAILED if the receiver is unreachable, or accepts only a part. */
export async function send(
  receiver: Receiver,
  request: ExportRequest,
  signal: AbortSignal,
  attemptsMax = attempts,
): Promise<void> {
  const body = JSON.stringify(request);
  for (let attempt = 1; ; attempt++) {
    const answer = await post(receiver, body, signal);
    if (answer.status >= 200 && answer.status < 300) return refuseRejected(receiver, answer.text);
    if (attempt >= attemptsMax || !retryable.has(answer.status))
      throw failed(receiver, `answered ${answer.status}: ${answer.text.slice(0, 300)}`);
    await delay(Math.min(8_000, answer.retryAfterMs ?? 250 * 2 ** attempt), undefined, { signal });
  }
}

async function post(
  receiver: Receiver,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string; retryAfterMs: number | null }> {
  try {
    const { status, text, headers } = await callDirectly(receiver.url, {
      method: "POST",
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]),
      headers: { ...receiver.headers, "content-type": "application/json" },
    });
    const after = Number(headers["retry-after"] ?? Number.NaN);
    return { status, text, retryAfterMs: Number.isFinite(after) ? after * 1_000 : null };
  } catch (error) {
    signal.throwIfAborted();
    const { cause, message } = error as Error & { cause?: Error };
    throw failed(receiver, `cannot be reached (${cause?.message ?? message})`, error);
  }
}

/** A receiver may return 200 although it rejected some points. */
function refuseRejected(receiver: Receiver, text: string): void {
  const rejected = /"rejectedDataPoints"\s*:\s*"?(\d+)/.exec(text)?.[1];
  if (rejected !== undefined && Number(rejected) > 0)
    throw failed(receiver, `rejected ${rejected} of the points: ${text.slice(0, 300)}`);
}

function failed(receiver: Receiver, what: string, cause?: unknown): SeawallError {
  return new SeawallError(
    "EXPORT_FAILED",
    `the receiver ${redacted(receiver.url)} ${redacted(what)}`,
    {
      cause,
      hint:
        "It must accept OTLP over HTTP in JSON, and samples as old as the run (Prometheus: " +
        "storage.tsdb.out_of_order_time_window).",
    },
  );
}
