/**
 * The harness's own viewer: asks each edge for a segment that is certainly published, at fixed intended times. It does not depend on the
 * load generator, so it shows whether a bad figure comes from the target or from a starved machine; and it reads what it gets.
 */
import { Agent } from "node:http";
import { segmentPath } from "../core/stream.ts";
import { entriesOf } from "../core/entries.ts";
import type { Clock, Deployment, SampleSink } from "../core/ports.ts";
import type { Endpoint, Stream } from "../core/target.ts";
import { type Digest, httpDigest } from "../system/network.ts";
import type { Delivery } from "./delivered.ts";

const everyMs = 500;
const timeoutMs = 4_000;
/** Two segments behind the newest complete one: published a while ago, yet on the live edge. */
const behindSegments = 2;

/** Runs until the signal aborts; never rejects. */
export async function runCanary(deployment: Deployment, sink: SampleSink, clock: Clock, signal: AbortSignal, delivered: (delivery: Delivery) => void): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { stream, edges } = deployment.layout;
  const entries = entriesOf(deployment);
  const late = sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} });
  const asked = new Set<Promise<void>>();
  try {
    for (let turn = 0, intendedMs = clock.nowMs(); !signal.aborted; turn += 1, intendedMs += everyMs) {
      await clock.sleep(intendedMs - clock.nowMs(), signal);
      sink.sample(late, clock.nowMs(), Math.max(0, clock.nowMs() - intendedMs));
      for (const [index, edge] of edges.entries()) {
        const one = ask(edge.service, entries[index] as Endpoint, intendedMs, turn + index).finally(() => asked.delete(one));
        asked.add(one);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(asked);
    agent.destroy();
  }

  async function ask(edge: string, endpoint: Endpoint, intendedMs: number, turn: number): Promise<void> {
    const wish = canaryWish(stream, intendedMs, turn);
    const answer = await httpDigest(endpoint, segmentPath(stream, wish.rendition, wish.number), { agent, timeoutMs, signal }).catch(() => null);
    if (signal.aborted) return;
    const atMs = clock.nowMs();
    const outcome = answer === null || (answer.status === 200 && answer.sha256 === null) ? "failed" : answer.status === 200 ? "served" : String(answer.status);
    sink.sample(sink.series({ metric: "canary_ms", kind: "duration", tags: { edge, outcome } }), atMs, atMs - intendedMs);
    if (outcome === "served") delivered({ edge, ...wish, atMs: intendedMs, sha256: answer?.sha256 ?? "", label: labelOf(stream, answer) });
  }
}

function labelOf({ digestHeader }: Stream, answer: Digest | null): string | null | undefined {
  if (digestHeader === undefined) return undefined;
  const label = answer?.headers[digestHeader.toLowerCase()];
  return typeof label === "string" ? label : null;
}

/** A segment that every pipeline has long published; in turn, one of each rendition. */
export function canaryWish(stream: Stream, nowMs: number, turn: number): { readonly rendition: string; readonly number: number } {
  const number = Math.floor((nowMs - stream.availabilityStartMs) / stream.segmentMs) - 1 - behindSegments;
  return { rendition: stream.renditions[turn % stream.renditions.length]?.name ?? "", number };
}
