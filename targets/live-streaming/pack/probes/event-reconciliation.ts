/**
 * Reconciles each ingesting service's counters after the run, with one another and with what was
 * stored.
 */
import type { Instance } from "../../../../harness/target/deployment.ts";
import type { SampleSink } from "../../../../harness/metrics/samples.ts";
import { isExposed } from "../../../../harness/target/layout.ts";

interface Counts {
  readonly accepted: number;
  readonly stored: number;
  readonly shed: number;
  readonly queued: number;
}

export interface Balance {
  /** Neither stored, shed nor queued; negative if more than was accepted. */
  readonly taken: number;
  readonly queued: number;
  /** Reported as stored, but not found; negative if more is found. */
  readonly stored: number;
}

export function balanceOf({ accepted, stored, shed, queued }: Counts, found: number): Balance {
  return { taken: accepted - stored - shed - queued, queued, stored: stored - found };
}

/**
 * Each difference as one sample at `atMs`, the last moment that a claim covers. A service that does
 * not answer leaves none, and its claim has too few samples.
 */
export async function reconcileEvents(
  instances: readonly Instance[],
  sink: SampleSink,
  atMs: number,
): Promise<void> {
  await Promise.all(
    instances.flatMap((instance) =>
      instance.service.telemetry.flatMap((telemetry) =>
        telemetry.kind !== "books" || isExposed(telemetry)
          ? []
          : [
              (async () => {
                const counts = JSON.parse(
                  await instance.operate(String(telemetry["counts"])),
                ) as Counts;
                const balance = balanceOf(
                  counts,
                  Number(await instance.operate(String(telemetry["found"]))),
                );
                for (const [entry, by] of Object.entries(balance)) {
                  sink.sample(
                    sink.series({
                      metric: "events_unreconciled",
                      kind: "event",
                      tags: { service: instance.service.name, entry },
                    }),
                    atMs,
                    Math.abs(by),
                  );
                }
              })().catch(() => undefined),
            ],
      ),
    ),
  );
}
