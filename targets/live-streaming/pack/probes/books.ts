/**
 * Whether the books of services that take in events balance when all is over: what they say of
 * themselves, against one another and what is there.
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
  /** Neither stored, shed nor queued; negative when more than was taken in. */
  readonly taken: number;
  readonly queued: number;
  /** Said to be stored, and not there; negative when more is. */
  readonly stored: number;
}

export function balanceOf({ accepted, stored, shed, queued }: Counts, found: number): Balance {
  return { taken: accepted - stored - shed - queued, queued, stored: stored - found };
}

/**
 * Each entry as one sample at `atMs`, the last moment of which a claim can speak. A service that
 * cannot be asked leaves none, and a claim on it too few.
 */
export async function sinkBooks(
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
