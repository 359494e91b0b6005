import fc from "fast-check";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createIngest, type EventSink, type Ingest } from "./ingest.ts";

/** Records what it receives, and fails on request. */
function memory(
  fails: () => boolean = () => false,
): EventSink & { readonly lines: string[]; readonly batches: number[] } {
  const lines: string[] = [];
  const batches: number[] = [];
  return {
    lines,
    batches,
    async append(given) {
      await sleep(0);
      if (fails()) throw new Error("disk");
      batches.push(given.length);
      lines.push(...given);
      return given.length;
    },
  };
}
const ingest = (sink: EventSink, options: { bounded?: boolean; queueMax?: number } = {}): Ingest =>
  createIngest({
    sink,
    bounded: true,
    queueMax: 100,
    batchMax: 40,
    pauseMs: 1,
    onFailure: () => undefined,
    ...options,
  });
const lines = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `line ${from + index}`);
const reconciles = ({ counts }: Ingest): boolean =>
  counts.accepted === counts.stored + counts.shed + counts.queued;

test("stores accepted events in order and in batches", async () => {
  const sink = memory();
  const events = ingest(sink);
  events.offer(lines(90), 1);
  await events.flush();
  expect(sink.lines).toEqual(lines(90));
  expect(sink.batches).toEqual([40, 40, 10]);
  expect(events.counts).toEqual({ accepted: 90, stored: 90, shed: 0, queued: 0 });
});

test("bounds the queue, counts what it sheds, and leaves room for the more important kind", async () => {
  const events = ingest(memory());
  expect(events.offer(lines(200), 0.8)).toEqual({ accepted: 200, shed: 120 });
  expect(events.offer(lines(50), 1)).toEqual({ accepted: 50, shed: 30 });
  expect(events.full).toBe(true);
  expect(events.counts.queued).toBe(100);
  await events.flush();
  expect(events.counts).toEqual({ accepted: 250, stored: 100, shed: 150, queued: 0 });
});

test("loses nothing when a sink fails briefly, and sheds when it is broken", async () => {
  let left = 2;
  const patient = ingest(memory(() => left-- > 0));
  patient.offer(lines(10), 1);
  await patient.flush();
  expect(patient.counts).toMatchObject({ stored: 10, shed: 0 });
  const broken = ingest(memory(() => true));
  broken.offer(lines(10), 1);
  await broken.flush();
  expect(broken.counts).toEqual({ accepted: 10, stored: 0, shed: 10, queued: 0 });
});

test("sheds nothing and writes each event by itself when switched off", async () => {
  const sink = memory();
  const events = ingest(sink, { bounded: false });
  events.offer(lines(500), 1);
  expect([events.full, events.counts.queued]).toEqual([false, 500]);
  await events.flush();
  expect(sink.batches).toEqual(Array(500).fill(1));
  expect(events.counts.stored).toBe(500);
});

test("keeps its counters consistent at every moment, whatever the sink does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(60), { maxLength: 12 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (offers, fails, bounded) => {
        let call = 0;
        const sink = memory(() => fails[call++ % fails.length] === true && bounded && call < 4);
        const events = ingest(sink, { bounded });
        for (const count of offers) {
          events.offer(lines(count), count % 2 === 0 ? 1 : 0.8);
          expect(reconciles(events)).toBe(true);
          expect(bounded ? events.counts.queued <= 100 : true).toBe(true);
          await sleep(0);
          expect(reconciles(events)).toBe(true);
        }
        await events.flush();
        expect(events.counts.queued).toBe(0);
        expect(events.counts.stored).toBe(sink.lines.length);
        expect(reconciles(events)).toBe(true);
      },
    ),
    { numRuns: 8 },
  );
});
