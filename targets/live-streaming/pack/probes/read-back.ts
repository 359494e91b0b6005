/** Reads back every acknowledged segment from the target, and records the result of each. */
import { Agent } from "node:http";
import type { Clock, Deployment } from "../../../../harness/target/deployment.ts";
import type { SampleSink } from "../../../../harness/metrics/samples.ts";
import type { PlayCheck } from "../../../../harness/target/layout.ts";
import { httpDigest } from "../../../../harness/system/network.ts";
import type { StreamLayout } from "../stream/stream-layout.ts";
import { type Acknowledged, type Answer, answerOf, type Outcome, outcomeOf } from "./durability.ts";

export interface ReadBackLimits {
  /** For the whole read-back, in ms. */
  readonly withinMs: number;
  readonly atOnce: number;
  /** Segments per second. */
  readonly rateMax: number;
  /** The number of retries for silent places, each after a pause. */
  readonly tries: number;
  readonly pauseMs: number;
}

/** One minute of two pipelines takes 2 s. The limit is 90 s, however long the run was. */
export const limits: ReadBackLimits = {
  withinMs: 90_000,
  atOnce: 6,
  rateMax: 300,
  tries: 4,
  pauseMs: 500,
};
const requestMs = 5_000;

export interface ReadBackParts {
  readonly deployment: Pick<Deployment, "layout" | "instance">;
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly limits?: ReadBackLimits;
}

export type Counts = Record<Outcome | "unread", number>;

/** `unread`: segments without a result, because no place answered or the time was over. */
export async function readBack(
  segments: readonly Acknowledged[],
  { deployment, sink, clock, limits: within = limits }: ReadBackParts,
  signal: AbortSignal,
): Promise<Counts> {
  const counts: Counts = { intact: 0, missing: 0, different: 0, unread: 0 };
  const places = (deployment.layout as StreamLayout).readBack?.bind(deployment.layout);
  if (places === undefined) return counts;
  const agent = new Agent({ keepAlive: true, maxSockets: within.atOnce });
  const startedMs = clock.monotonicMs();
  const over = (): boolean => signal.aborted || clock.monotonicMs() - startedMs > within.withinMs;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < segments.length; index = next++) {
      if (!over())
        await clock
          .sleep(
            Math.max(0, startedMs + (1000 * index) / within.rateMax - clock.monotonicMs()),
            signal,
          )
          .catch(() => undefined);
      const segment = segments[index] as Acknowledged;
      const outcome = over()
        ? null
        : await judged(segment, places(segment.pipeline, segment.rendition, segment.number));
      counts[outcome ?? "unread"] += 1;
      const tags = { pipeline: segment.pipeline, ...(outcome === null ? {} : { outcome }) };
      sink.sample(
        sink.series({
          metric: outcome === null ? "durable_unread" : "durable",
          kind: "event",
          tags,
        }),
        segment.atMs,
        1,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: within.atOnce }, worker));
  } finally {
    agent.destroy();
  }
  return counts;

  async function judged(
    segment: Acknowledged,
    from: readonly PlayCheck[],
  ): Promise<Outcome | null> {
    for (let tries = 0; tries < within.tries && !over(); tries += 1) {
      if (tries > 0) await clock.sleep(within.pauseMs, signal).catch(() => undefined);
      const answers: Answer[] = [];
      for (const place of from) {
        answers.push(await ask(place));
        const outcome = outcomeOf(
          segment,
          answers.length === from.length ? answers : [...answers, { kind: "silent" }],
        );
        // An absent copy may still be replicating. Only what is absent at the end is missing.
        if (outcome !== null && (outcome !== "missing" || tries === within.tries - 1))
          return outcome;
      }
    }
    return null;
  }

  async function ask(place: PlayCheck): Promise<Answer> {
    const endpoint = deployment.instance(place.service).endpoint(place.port);
    const { status, sha256 } = await httpDigest(endpoint, place.path, {
      timeoutMs: requestMs,
      agent,
      signal,
    }).catch(() => ({ status: 0, sha256: null }));
    return answerOf(status, sha256);
  }
}
