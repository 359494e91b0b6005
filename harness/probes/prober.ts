/**
 * The harness's own prober, for a target whose pack has none. It sends the requests that the layout
 * names in turn, each twice a second. It is independent of the load generator, so it distinguishes
 * a bad target from a starved machine.
 */
import { entryTag } from "../metrics/tags.ts";
import { Agent } from "node:http";
import { dialled, type Entry, entriesOf } from "../target/entries.ts";
import type { Clock, Deployment } from "../target/deployment.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { ProbeRequest } from "../target/layout.ts";
import { Sessions } from "../system/session.ts";

const everyMs = 500;
const timeoutMs = 4_000;

export interface ProberOptions {
  readonly deployment: Pick<Deployment, "layout" | "instance" | "links">;
  readonly sink: SampleSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Runs until the signal aborts; never rejects. */
export async function runProber({ deployment, sink, clock, signal }: ProberOptions): Promise<void> {
  const { probes = [] } = deployment.layout;
  if (probes.length === 0) return;
  const entries = entriesOf(deployment, probes);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const late = sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} });
  const asked = new Set<Promise<void>>();
  const sessions = new Sessions(agent);
  try {
    for (
      let intendedMs = clock.nowMs(), turn = 0;
      !signal.aborted;
      intendedMs += everyMs / probes.length, turn++
    ) {
      await clock.sleep(Math.max(0, intendedMs - clock.nowMs()), signal);
      sink.sample(late, clock.nowMs(), Math.max(0, clock.nowMs() - intendedMs));
      const index = turn % probes.length;
      const one = ask(probes[index] as ProbeRequest, entries[index] as Entry, intendedMs).finally(
        () => asked.delete(one),
      );
      asked.add(one);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(asked);
    agent.destroy();
  }

  async function ask(
    { service, path, lane, session }: ProbeRequest,
    entry: Entry,
    intendedMs: number,
  ): Promise<void> {
    const within = { agent, timeoutMs, signal };
    const answer = await sessions.fetch(dialled(entry), path, within, session).catch(() => null);
    if (signal.aborted) return;
    const atMs = clock.nowMs();
    const tags = { [entryTag]: service, lane, outcome: outcomeOf(answer) };
    sink.sample(
      sink.series({ metric: "canary_ms", kind: "duration", tags }),
      atMs,
      Math.max(0, atMs - intendedMs),
    );
  }
}

/** An answer that broke off counts as no answer. */
function outcomeOf(
  answer: { readonly status: number; readonly body: Buffer | null } | null,
): string {
  if (answer === null || answer.body === null) return "failed";
  return answer.status >= 200 && answer.status < 300 ? "served" : String(answer.status);
}
