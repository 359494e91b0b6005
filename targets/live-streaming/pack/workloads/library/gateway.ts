/**
 * How a device asks a playback gateway: it turns to the next one when one is silent, and tries
 * again as it was told to, by the answer or, when nobody answers, by the last one that it ever got.
 * A device that was never told anything tries again as many do: soon, and for ever.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http, { type RefinedResponse } from "k6/http";
import { Counter, Trend } from "k6/metrics";
import { parsed } from "./parsed.ts";
import { random } from "./random.ts";
import { settings } from "./settings.ts";

/** A device's wait for a session in ms, from the moment at which it meant to ask. */
const startMs = new Trend("start_ms", true);
const startLateMs = new Trend("start_late_ms", true);
const unasked = new Counter("unasked_iterations");

type Kind = "play" | "prefetch";

export interface StartWish {
  readonly kind: Kind;
  /**
   * Epoch ms; when it is left out, now: then no lateness is measured, as the iteration's own is.
   */
  readonly intendedMs?: number;
  /** What comes later than this after `intendedMs` is late… */
  readonly goodWithinMs: number;
  /** …and after so many ms nobody waits any more. */
  readonly patienceMs: number;
}

interface Backoff {
  readonly maxRetries: number;
  readonly retryAfterSeconds: number;
}

/**
 * What this device was last told. A virtual user is a device: it remembers from one iteration to
 * the next.
 */
const told: { [K in Kind]?: Backoff } = {};

/**
 * Between attempts of a device that was told nothing. Choose: half a second, as an impatient viewer
 * would press again.
 */
const naiveMs = 500;
/** How long a device waits for one answer: less where a viewer waits with it. Choose. */
const answerMs: Readonly<Record<Kind, number>> = { play: 2_000, prefetch: 3_000 };

/** True when a session was started in time. */
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
      answer.status === 503 ? backoffOf(answer) : told[wish.kind],
    );
    // Nobody is there any more by then.
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

/** Infinite when the device is not to try again until its viewer acts. */
function waitMsBefore(retries: number, backoff: Backoff | undefined): number {
  if (backoff === undefined) return naiveMs;
  return retries >= backoff.maxRetries
    ? Number.POSITIVE_INFINITY
    : 1_000 * backoff.retryAfterSeconds * 2 ** retries;
}

function remember(kind: Kind, answer: Answer): void {
  const backoff = answer.status === 201 || answer.status === 503 ? backoffOf(answer) : undefined;
  if (backoff !== undefined) told[kind] = backoff;
}

function backoffOf(answer: Answer): Backoff | undefined {
  const { maxRetries, retryAfterSeconds } = (parsed(answer)?.["backoff"] ?? {}) as Partial<Backoff>;
  // Advice that is no number would be followed for ever, or not at all.
  return typeof maxRetries === "number" &&
    typeof retryAfterSeconds === "number" &&
    retryAfterSeconds >= 0
    ? { maxRetries, retryAfterSeconds }
    : undefined;
}
