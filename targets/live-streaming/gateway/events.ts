/**
 * POST /events: a batch of ad events or telemetry. Accepted events are counted, then stored in
 * batches or shed; see `ingest.ts`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { readJson } from "./body.ts";
import type { Gate } from "./admission-http.ts";
import { type Ingest, queueShareOf } from "./ingest.ts";
import { refuseBody } from "./sessions.ts";

/** Written by hand, because a zod record silently ignores the key `__proto__`. */
function isDetail(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= 16 &&
    entries.every(
      ([key, each]) =>
        /^[a-z][A-Za-z0-9]{0,31}$/.test(key) &&
        (typeof each === "boolean" ||
          (typeof each === "string" && each.length <= 256) ||
          Number.isFinite(each)),
    )
  );
}

const eventShape = z.strictObject({
  kind: z.string().regex(/^[a-z][A-Za-z0-9.-]{0,31}$/),
  /** Epoch ms, by the device's clock. */
  atMs: z.int().positive(),
  session: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  detail: z
    .custom<Readonly<Record<string, string | number | boolean>>>(
      isDetail,
      "must be at most 16 short texts, finite numbers or booleans",
    )
    .optional(),
});
const eventsMax = 500;
const batchShape = z.strictObject({ events: z.array(eventShape).min(1).max(eventsMax) });
const batchBytesMax = 128 * 1024;

export function createEvents(
  gate: Gate,
  ingest: Ingest,
  nowMs: () => number,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const visit = await gate.enter(request, response, "ingest", "/events");
    if (visit === null) return;
    const share = queueShareOf(visit.bucket);
    // With a full queue, reading the body would be wasted work.
    if (ingest.full) return visit.refuse(503, "busy", "shed");
    const body = await readJson(request, batchShape, batchBytesMax);
    if (!body.ok) return refuseBody(visit, body.status, body.problem);
    const receivedAtMs = nowMs();
    visit.json(
      202,
      ingest.offer(
        body.value.events.map((event) => JSON.stringify({ ...event, receivedAtMs })),
        share,
      ),
    );
  };
}
