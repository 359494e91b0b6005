/**
 * Devices that stay connected. Each polls for notices, acts on a notice at the given time, and
 * reports at the end whether it received one.
 */
import { sleep } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { Trend } from "k6/metrics";
import { startSession } from "./library/gateway.ts";
import { parsed } from "./library/parsed.ts";
import { pick, random } from "./library/random.ts";
import { optionsOf, settings } from "./library/settings.ts";

export const options = optionsOf({ device: 2 });
export const needs = ["gateways"] as const;
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  device: [
    { metric: "broadcast_ms", lane: "broadcast", later: true },
    { metric: "start_ms", lane: "start", kind: "prefetch", patienceMs: 2_000, later: true },
  ],
} as const;

/**
 * From the operator's broadcast to its arrival at a device, in ms. For a device that never received
 * it: from the start of the fault.
 */
const broadcastMs = new Trend("broadcast_ms", true);

const answerMs = 2_000;
/** The pause of a device that got no answer. A chosen value. */
const silenceMs = 5_000;
/** The least interval between a device's polls, whatever an answer says. A chosen value. */
const minPollSeconds = 0.1;
/**
 * A device without the notice counts from this long into the fault, so that it does not belong to
 * the baseline.
 */
const withinFaultMs = 1_000;
/** Before k6 ends the last iterations by force. */
const endsBeforeMs = 1_000;
/** How long a prefetch caused by a notice is useful. A chosen value. */
const actWithinMs = 2_000;

interface Notice {
  readonly timestampMs: number;
  readonly actAtMs: number;
}
interface Board {
  readonly id: string;
  readonly notices: readonly Notice[];
  readonly pollAfterSeconds: number;
}

/**
 * One iteration is one device, from its arrival to the end of the run. It acts like an app that is
 * notified of a new title: it prefetches it.
 */
export function device(): void {
  const name = `device-${exec.scenario.iterationInTest}`;
  const gateway = pick(settings.gateways, random(0));
  const { leadInMs, phasesMs } = settings;
  const faultAtMs = exec.scenario.startTime + leadInMs + phasesMs.baseline;
  const endsAtMs = faultAtMs + phasesMs.fault + phasesMs.recovery - endsBeforeMs;
  let heard = false,
    lastId = "",
    actAtMs = Number.POSITIVE_INFINITY;
  for (let pollAtMs = Date.now(); Date.now() < endsAtMs; ) {
    const untilMs = Math.min(pollAtMs, actAtMs, endsAtMs);
    if (untilMs > Date.now()) sleep((untilMs - Date.now()) / 1000);
    if (Date.now() >= actAtMs) {
      startSession({
        kind: "prefetch",
        intendedMs: actAtMs,
        goodWithinMs: actWithinMs,
        patienceMs: actWithinMs,
      });
      actAtMs = Number.POSITIVE_INFINITY;
    }
    if (Date.now() < pollAtMs || Date.now() >= endsAtMs) continue;
    const board = look(gateway.url, name, lastId);
    pollAtMs = Date.now() + (board === null ? silenceMs : 1_000 * board.pollAfterSeconds);
    if (board === null) continue;
    lastId = board.id;
    const [notice] = board.notices;
    if (notice === undefined || heard) continue;
    heard = true;
    broadcastMs.add(Math.max(0, Date.now() - notice.timestampMs), {
      lane: "broadcast",
      outcome: "heard",
    });
    actAtMs = notice.actAtMs;
  }
  if (!heard)
    broadcastMs.add(Date.now() - faultAtMs - withinFaultMs, {
      lane: "broadcast",
      outcome: "missed",
    });
}

function look(gateway: string, device: string, lastId: string): Board | null {
  const { status, body } = http.get(`${gateway}/broadcasts/latest`, {
    headers: { "X-Device": device, ...(lastId === "" ? {} : { "Last-Event-ID": lastId }) },
    tags: { lane: "broadcast" },
    responseType: "text",
    timeout: answerMs,
  });
  return status === 200 ? boardOf(parsed({ body })) : null;
}

/** Null for a body that is no board. A device that cannot read an answer got none. */
function boardOf(said: Readonly<Record<string, unknown>> | null): Board | null {
  if (
    said === null ||
    !Array.isArray(said["notices"]) ||
    typeof said["pollAfterSeconds"] !== "number"
  )
    return null;
  const isNotice = (one: Partial<Notice> | null): boolean =>
    typeof one?.timestampMs === "number" && typeof one.actAtMs === "number";
  const board = said as unknown as Board;
  return board.notices.every(isNotice)
    ? {
        ...board,
        id: String(board.id ?? ""),
        pollAfterSeconds: Math.max(minPollSeconds, board.pollAfterSeconds),
      }
    : null;
}
