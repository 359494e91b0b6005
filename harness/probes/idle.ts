/**
 * Measures a target without requests, while the generator is prepared. Only its own health checks
 * are active then, which distinguishes them from use.
 */
import { Agent } from "node:http";
import { sum } from "../base/statistics.ts";
import type { Clock, Deployment, Instance } from "../target/deployment.ts";
import { type Exposed, isExposed } from "../target/layout.ts";
import type { Idle } from "../record/events.ts";
import type { Plan } from "../record/plan.ts";
import { struckBy } from "../record/struck.ts";
import { httpGet } from "../system/network.ts";
import { ownSamples, parseExposition } from "./prometheus.ts";

const readMs = 1_000;
/** A shorter time may miss a health check: most come once or twice in this time. */
const idleMsMin = 2_500;

interface Totals {
  readonly atMs: number;
  readonly links: Idle["links"];
  readonly counters: Idle["counters"];
}

/** Counts from now until its result is called; null if nothing could be counted. */
export async function watchIdle(
  plan: Plan,
  deployment: Deployment,
  clock: Clock,
): Promise<() => Promise<Idle | null>> {
  const before = await totals(plan, deployment, clock);
  return async () => {
    if (before === null) return null;
    const isCounted = before.links.some(({ bytes }) => bytes !== undefined);
    if (isCounted) await clock.sleep(Math.max(0, before.atMs + idleMsMin - clock.nowMs()));
    const after = await totals(plan, deployment, clock);
    if (after === null) return null;
    return {
      forMs: after.atMs - before.atMs,
      links: after.links.flatMap(({ link, connections, bytes }) => {
        const then = before.links.find((one) => one.link === link);
        if (then === undefined) return [];
        return [
          {
            link,
            connections: Math.max(0, connections - then.connections),
            ...(bytes === undefined || then.bytes === undefined
              ? {}
              : { bytes: Math.max(0, bytes - then.bytes) }),
          },
        ];
      }),
      counters: after.counters.flatMap(({ service, metric, by }) => {
        const then = before.counters.find(
          (one) => one.service === service && one.metric === metric,
        );
        return then === undefined ? [] : [{ service, metric, by: Math.max(0, by - then.by) }];
      }),
    };
  };
}

async function totals(plan: Plan, deployment: Deployment, clock: Clock): Promise<Totals | null> {
  const atMs = clock.nowMs();
  const used = plan.steps.flatMap((_, step) => struckBy(plan, step).use ?? []);
  const asked = new Map(used.map(({ service, counters }) => [service, counters]));
  const agent = new Agent();
  try {
    const [links, counters] = await Promise.all([
      deployment.linkTraffic?.() ?? [],
      Promise.all(
        deployment.instances.map((instance) =>
          counted(instance, asked.get(instance.service.name) ?? [], agent, atMs),
        ),
      ),
    ]);
    return { atMs, links, counters: counters.flat() };
  } catch {
    return null;
  } finally {
    agent.destroy();
  }
}

/** A service that does not answer has unknown counts. */
async function counted(
  instance: Instance,
  metrics: readonly string[],
  agent: Agent,
  atMs: number,
): Promise<Idle["counters"]> {
  const { service } = instance;
  const exposed = metrics.length === 0 ? [] : service.telemetry.filter(isExposed);
  const all = await Promise.all(
    exposed.map(async ({ port, path, series }: Exposed) => {
      const answer = await httpGet(instance.endpoint(port), path, {
        timeoutMs: readMs,
        agent,
      }).catch(() => null);
      if (answer?.status !== 200) return [];
      const own = ownSamples(parseExposition(answer.body, new Set(series)), service.name, atMs);
      return metrics
        .filter((metric) => series.includes(metric))
        .map((metric) => ({
          service: service.name,
          metric,
          by: sum(own.filter(({ name }) => name === metric).map(({ value }) => value)),
        }));
    }),
  );
  return all.flat();
}
