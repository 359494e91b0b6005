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
import type { ProbeRequest, SessionStep } from "../target/layout.ts";
import { fetchBody, type Fetched } from "../system/fetch-body.ts";
import { openSession, type Signed } from "../system/session.ts";

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
  const sessions = new Map<string, (path: string) => Signed>();
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
    const to = dialled(entry);
    const within = { agent, timeoutMs, signal };
    // Like a client, it signs in once, and again after a refusal.
    const key = `${service} ${JSON.stringify(session)}`;
    const signIn = async (step: SessionStep): Promise<(path: string) => Signed> => {
      const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]);
      const signed = await openSession(to, step, { agent, signal: limit });
      sessions.set(key, signed);
      return signed;
    };
    const signedFetch = (signed: Signed): Promise<Fetched> =>
      fetchBody(to, signed.path, { ...within, headers: signed.headers });
    const fetched = async (): Promise<Fetched> => {
      if (session === undefined) return fetchBody(to, path, within);
      const sign = sessions.get(key) ?? (await signIn(session));
      const first = await signedFetch(sign(path));
      if (first.status !== 401 && first.status !== 403) return first;
      return signedFetch((await signIn(session))(path));
    };
    const answer = await fetched().catch(() => null);
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
