/**
 * The harness's own viewer: asks each edge for a segment that is certainly published, at fixed intended times. It does not depend on the
 * load generator, so it shows whether a bad figure comes from the target or from a starved machine.
 */
import { Agent } from "node:http";
import { segmentPath } from "../core/stream.ts";
import { entriesOf } from "../core/entries.ts";
import type { Clock, Deployment, SampleSink } from "../core/ports.ts";
import type { Endpoint, Stream } from "../core/target.ts";
import { httpGet } from "../system/network.ts";

const everyMs = 500;
const timeoutMs = 4_000;
/** Two segments behind the newest complete one: published a while ago, yet on the live edge. */
const behindSegments = 2;

/** Runs until the signal aborts; never rejects. */
export async function runCanary(deployment: Deployment, sink: SampleSink, clock: Clock, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { stream, edges } = deployment.layout;
  const entries = entriesOf(deployment);
  const late = sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} });
  const asked = new Set<Promise<void>>();
  try {
    for (let intendedMs = clock.nowMs(); !signal.aborted; intendedMs += everyMs) {
      await clock.sleep(intendedMs - clock.nowMs(), signal);
      sink.sample(late, clock.nowMs(), Math.max(0, clock.nowMs() - intendedMs));
      for (const [index, edge] of edges.entries()) {
        const one = ask(edge.service, entries[index] as Endpoint, intendedMs).finally(() => asked.delete(one));
        asked.add(one);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(asked);
    agent.destroy();
  }

  async function ask(edge: string, endpoint: Endpoint, intendedMs: number): Promise<void> {
    const outcome = await httpGet(endpoint, canaryPath(stream, intendedMs), { agent, timeoutMs, discardBody: true, signal })
      .then((answer) => (answer.status === 200 ? "served" : String(answer.status)), () => "failed");
    if (signal.aborted) return;
    const atMs = clock.nowMs();
    sink.sample(sink.series({ metric: "canary_ms", kind: "duration", tags: { edge, outcome } }), atMs, atMs - intendedMs);
  }
}

/** The cheapest rendition of a segment that every pipeline has long published. */
export function canaryPath(stream: Stream, nowMs: number): string {
  const number = Math.floor((nowMs - stream.availabilityStartMs) / stream.segmentMs) - 1 - behindSegments;
  const cheapest = [...stream.renditions].sort((a, b) => a.bitsPerSecond - b.bitsPerSecond)[0];
  return segmentPath(stream, cheapest?.name ?? "", number);
}
