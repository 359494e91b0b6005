/**
 * The everyday load of an experiment while people watch its target before they say go. It is not
 * recorded.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Load } from "../experiment/experiment.ts";
import type { Deployment } from "../target/deployment.ts";
import type { LoadGenerator } from "../load/generator.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { UndoLedger } from "../record/undo.ts";
import type { Plan } from "../record/plan.ts";
import type { World } from "../run/conductor.ts";
import { entriesOf, hostsOf, otherEntriesOf } from "../target/entries.ts";

export interface Hold {
  /** Time limit for the decision in ms. */
  readonly msMax: number;
  readonly samples: SampleSink;
  /** Resolves when a person has said go; rejects with a RunAborted. */
  released(signal: AbortSignal): Promise<void>;
}

interface Held {
  /** With what was read from the target, once it is up. */
  readonly plan: () => Plan;
  readonly runId: string;
  readonly logsDirectory: string;
  readonly undo: UndoLedger;
  readonly generator: LoadGenerator;
}

/**
 * A separate generator that ends before the run's own starts. So the record, and the verdict, equal
 * those of a run without a hold.
 */
export function holding(
  hold: Hold,
  { plan, runId, logsDirectory, undo, generator }: Held,
): NonNullable<World["hold"]> {
  const logs = join(logsDirectory, "hold");
  return {
    msMax: hold.msMax,
    release: async (deployment: Deployment, signal) => {
      mkdirSync(logs, { recursive: true });
      const alone = everyday(plan(), hold.msMax);
      if (alone.load.length === 0) return hold.released(signal);
      await using load = await generator.prepare({
        plan: alone,
        runId,
        entries: entriesOf(deployment),
        otherEntries: otherEntriesOf(deployment),
        hosts: hostsOf(deployment),
        sink: hold.samples,
        logsDirectory: logs,
        undo,
        signal,
      });
      await load.begin();
      await hold.released(signal);
    },
  };
}

/** The baseline's rates, for longer than the time limit. */
export function everyday(plan: Plan, msMax: number): Plan {
  // A trace ends, and it is unknown how long people look.
  const rated = plan.load.filter(({ replay }) => replay === undefined);
  const load = rated.map((one): Load => {
    const { baseline, fault, recovery } = one.ratePerSecond;
    const share = baseline / Math.max(baseline, fault, recovery, Number.MIN_VALUE);
    return {
      ...one,
      ratePerSecond: { baseline, fault: baseline, recovery: baseline },
      vus: Math.max(1, Math.ceil(one.vus * share)),
    };
  });
  return { ...plan, load, phasesMs: { baseline: msMax, fault: 0, recovery: 0 }, steps: [] };
}
