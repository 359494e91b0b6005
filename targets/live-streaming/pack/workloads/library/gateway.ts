/**
 * How a device calls a playback gateway. It tries the next one when one is silent. It retries as
 * the answer guides it or, without an answer, as the last guidance did. A device without any
 * guidance retries as many do: soon, and without end.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http, { type RefinedResponse } from "k6/http";
import { Counter, Trend } from "k6/metrics";
import { parsed } from "./parsed.ts";
import { random } from "./random.ts";
import { settings } from "./settings.ts";

/** A device's wait for a session in ms, from its scheduled request. */
const startMs = new Trend("start_ms", true);
const startLateMs = new Trend("start_late_ms", true);
const unasked = new Counter("unasked_iterations");

type Kind = "play" | "prefetch";

export interface StartWish {
  readonly kind: Kind;
  /**
   * Epoch ms. Default: now, and then no lateness is measured, because the iteration measures its
   * own.
   */
  readonly intendedMs?: number;
  /** A session later than this after `intendedMs` is late… */
  readonly goodWithinMs: number;
  /** …and after so many ms the viewer has left. */
  readonly patienceMs: number;
}

interface Backoff {
  readonly maxRetries: number;
  readonly retryAfterSeconds: number;
}

/** The last guidance of this device. A virtual user is a device and keeps it between iterations. */
const guidance: { [K in Kind]?: Backoff } = {};

/**
 * Between attempts of a device without guidance. A chosen value: 500 ms, as an impatient viewer
 * presses again.
 */
const naiveMs = 500;
/** How long a device waits for one answer. It is shorter if a viewer waits, too. A chosen value. */
const answerMs: Readonly<Record<Kind, number>> = { play: 2_000, prefetch: 3_000 };

/** True if a session started in time. */
export function startSession(wish: StartWish): boolean {
  const intendedMs = wish.intendedMs ?? Date.now();
  const giveUpMs = intendedMs + wish.patienceMs;
  const tags = { lane: "start", kind: wish.kind };
  if (Date.now() >= giveUpMs) {
    unasked.add(1, { lane: "start" });
    return false;
  }
  if (wish.intendedMs !== undefined)
    startLateMs.add(Math.max(0, Date.now() - intendedMs), { lane: "start" });
  let outcome = "lost";
  let silences = random(0) < 0.5 ? 0 : 1;
  for (let retries = 0; Date.now() < giveUpMs; retries++) {
    const answer = http.post(
      `${gatewayAfter(silences)}/sessions`,
      JSON.stringify({ device: `tv-${exec.vu.idInTest}` }),
      {
        headers: { "X-Request-Kind": wish.kind, "Content-Type": "application/json" },
        tags,
        responseType: "text",
        timeout: Math.max(50, Math.min(answerMs[wish.kind], giveUpMs - Date.now())),
      },
    );
    remember(wish.kind, answer);
    if (answer.status === 201) {
      outcome = Date.now() <= intendedMs + wish.goodWithinMs ? "served" : "late";
      break;
    }
    if (answer.status === 0) silences++;
    outcome = answer.status === 503 ? "shed" : "lost";
    const waitMs = waitMsBefore(
      retries,
      answer.status === 503 ? backoffOf(answer) : guidance[wish.kind],
    );
    // By then the viewer has left.
    if (Date.now() + waitMs >= giveUpMs) break;
    sleep(waitMs / 1000);
  }
  startMs.add(Date.now() - intendedMs, { ...tags, outcome });
  return outcome === "served";
}

function gatewayAfter(silences: number): string {
  const { gateways } = settings;
  const gateway = gateways[silences % gateways.length];
  if (gateway === undefined)
    throw new Error("this workload needs gateways, and the target has none");
  return gateway.url;
}

type Answer = RefinedResponse<"text">;

/** Infinite if the device must not retry until its viewer acts. */
function waitMsBefore(retries: number, backoff: Backoff | undefined): number {
  if (backoff === undefined) return naiveMs;
  return retries >= backoff.maxRetries
    ? Number.POSITIVE_INFINITY
    : 1_000 * backoff.retryAfterSeconds * 2 ** retries;
}

function remember(kind: Kind, answer: Answer): void {
  const backoff = answer.status === 201 || answer.status === 503 ? backoffOf(answer) : undefined;
  if (backoff !== undefined) guidance[kind] = backoff;
}

function backoffOf(answer: Answer): Backoff | undefined {
  const { maxRetries, retryAfterSeconds } = (parsed(answer)?.["backoff"] ?? {}) as Partial<Backoff>;
  // Guidance that is no number would be followed forever, or not at all.
  return typeof maxRetries === "number" &&
    typeof retryAfterSeconds === "number" &&
    retryAfterSeconds >= 0
    ? { maxRetries, retryAfterSeconds }
    : undefined;
}
