/** A pipeline: makes each segment when its time is over, inspects it, and publishes it. */
import { createHash } from "node:crypto";
import type { PackagerConfiguration } from "./configuration.ts";
import { formatAddress, type Address } from "../stream/address.ts";
import { publishAtMs } from "../stream/template.ts";
import { inspect } from "./inspect.ts";
import type { Journal } from "./journal.ts";
import {
  type Loop,
  expectedSamples,
  expectedTicks,
  makeSegment,
  type Phase,
  segmentSeconds,
} from "./loop.ts";
import { manifest } from "./manifest.ts";
import type { Publisher } from "./publish.ts";

export interface PipelineParts {
  readonly settings: PackagerConfiguration;
  readonly loops: ReadonlyMap<string, Loop>;
  readonly phase: Phase;
  readonly publisher: Publisher;
  readonly journal: Journal;
  readonly nextToken: () => string;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** May corrupt a segment before its inspection, on request of the control endpoint. */
  readonly spoil: (segment: Buffer, number: number, rendition: string) => Buffer;
}

/** From the due time: a pipeline retries this long, then the segment is lost. */
export const retryMs = 2_000;
const backfillRetryMs = 20_000;
/**
 * Concurrent segments, each in all renditions. A store that has just started is slow, and more load
 * would make it slower.
 */
const backfillAtOnce = 2;

export interface Pipeline {
  /** What a player needs before its first segment. */
  publishStart(): Promise<boolean>;
  /** True if every rendition was acknowledged. */
  publishSegment(number: number): Promise<boolean>;
  /** The segments before `current`. */
  backfill(current: number): Promise<void>;
  /**
   * Starts no further segment. Resolves when all started ones are journalled, at the latest soon
   * after `deadlineMs` (epoch).
   */
  finish(deadlineMs: number): Promise<void>;
  /** Segments under way. */
  readonly inFlight: number;
}

export function createPipeline(parts: PipelineParts): Pipeline {
  const { settings, publisher, nowMs } = parts;
  const underWay = new Set<Promise<boolean>>();
  let finishing = false;

  const put = (
    address: Address,
    body: Buffer,
    sha256: string,
    defects: readonly string[],
    deadlineMs: number,
  ): ReturnType<Publisher["put"]> =>
    publisher.put({
      path: formatAddress(address),
      body,
      deadlineMs,
      headers: {
        "x-sha256": sha256,
        "x-pipeline": settings.pipeline,
        "x-token": parts.nextToken(),
        "x-defects": defects.join(","),
      },
    });

  const publishOne = async (
    rendition: string,
    loop: Loop,
    number: number,
    backfill: boolean,
  ): Promise<boolean> => {
    // First of all, so that an order during packaging still applies to this segment.
    if (!backfill)
      await parts.sleep(Math.max(0, publishAtMs(number) + settings.packagingMsMin - nowMs()));
    const made = makeSegment(loop, number, parts.phase);
    const segment = backfill ? made : parts.spoil(made, number, rendition);
    const samples = expectedSamples(loop, number, parts.phase);
    const defects = inspect(segment, {
      decodeTicks: expectedTicks(loop, number, parts.phase),
      samples,
      durationTicks: samples * (loop.segments[0] === undefined ? 0 : usualTicks(loop)),
    });
    const sha256 = createHash("sha256").update(segment).digest("hex");
    const startedMs = nowMs();
    // A live segment's time counts from its due time. A backfilled one has no deadline, but must be
    // published in the end.
    const deadlineMs = backfill ? startedMs + backfillRetryMs : publishAtMs(number) + retryMs;
    const result = await put(
      { kind: "segment", event: settings.event, rendition, number },
      segment,
      sha256,
      defects,
      deadlineMs,
    );
    const atMs = nowMs();
    parts.journal.add({
      atMs,
      startedMs,
      number,
      rendition,
      pipeline: settings.pipeline,
      ...result,
      tookMs: atMs - startedMs,
      sha256,
      bytes: segment.length,
      defects,
      backfill,
    });
    return result.outcome === "acked";
  };

  const publishAll = async (number: number, backfill: boolean): Promise<boolean> => {
    if (finishing) return false;
    const results = await Promise.all(
      [...parts.loops].map(([rendition, loop]) => {
        const one = publishOne(rendition, loop, number, backfill).finally(() =>
          underWay.delete(one),
        );
        underWay.add(one);
        return one;
      }),
    );
    return results.every(Boolean);
  };

  return {
    async publishStart() {
      const files: { address: Address; body: Buffer }[] = [...parts.loops].map(
        ([rendition, loop]) => ({
          address: { kind: "init", event: settings.event, rendition },
          body: loop.init,
        }),
      );
      files.push({
        address: { kind: "manifest", event: settings.event },
        body: Buffer.from(manifestOf(parts)),
      });
      const results = await Promise.all(
        files.map(({ address, body }) =>
          put(
            address,
            body,
            createHash("sha256").update(body).digest("hex"),
            [],
            nowMs() + retryMs,
          ),
        ),
      );
      return results.every(({ outcome }) => outcome === "acked");
    },
    publishSegment: (number) => publishAll(number, false),
    async backfill(current) {
      const numbers = Array.from(
        { length: settings.backfillSegments },
        (_, index) => current - 1 - index,
      );
      const worker = async (): Promise<void> => {
        for (
          let number = numbers.shift();
          number !== undefined && !finishing;
          number = numbers.shift()
        )
          await publishAll(number, true);
      };
      await Promise.all(Array.from({ length: backfillAtOnce }, worker));
    },
    async finish(deadlineMs) {
      finishing = true;
      publisher.finishBy(deadlineMs);
      await Promise.allSettled(underWay);
    },
    get inFlight() {
      return underWay.size;
    },
  };
}

/** All samples of a rendition have the same duration: an equal part of the loop's. */
function usualTicks(loop: Loop): number {
  const samples = loop.segments.reduce((sum, segment) => sum + segment.samples, 0);
  return (loop.segments.length * segmentSeconds * loop.timescale) / samples;
}

function manifestOf({ settings, loops }: PipelineParts): string {
  return manifest({
    segmentSeconds,
    renditions: settings.renditions.map((each) => ({
      ...each,
      codecs: loops.get(each.name)?.codecs ?? "",
    })),
  });
}
