/** A simulated run without disk access, for tests and benchmarks with thousands of runs. */
import type { Experiment } from "../../../harness/experiment/experiment.ts";
import { planExperiment } from "../../../harness/plan/plan.ts";
import type { Planned } from "../../../harness/plan/options.ts";
import type { EventSink } from "../../../harness/record/event-sink.ts";
import type { SampleSink, Series, SeriesData } from "../../../harness/metrics/samples.ts";
import type { Run } from "../../../harness/record/run.ts";
import type { RunEvent } from "../../../harness/record/events.ts";
import { simulatedSupport } from "../../../harness/faults/faults.ts";
import { conduct } from "../../../harness/run/conductor.ts";
import { VirtualMachine } from "../../../harness/substrates/simulated/machine.ts";
import { VirtualClock } from "../../../harness/substrates/simulated/virtual-clock.ts";
import { simulatedWorld } from "../../../harness/substrates/simulated/world.ts";

export const startMs = Date.UTC(2026, 0, 1);

/** Keeps what a recorder would write. */
export class MemoryRecord implements SampleSink, EventSink {
  readonly events: RunEvent[] = [];
  readonly #clock: VirtualClock;
  readonly #ids = new Map<string, number>();
  readonly #all: (Series & { readonly at: number[]; readonly value: number[] })[] = [];

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  event(event: Parameters<EventSink["event"]>[0]): void {
    this.events.push({ ...event, atMs: event.atMs ?? this.#clock.nowMs() } as RunEvent);
  }

  series(series: Series): number {
    const key = `${series.metric} ${Object.entries(series.tags).sort().join(" ")}`;
    const id = this.#ids.get(key) ?? this.#all.push({ ...series, at: [], value: [] }) - 1;
    this.#ids.set(key, id);
    return id;
  }

  sample(id: number, atMs: number, value: number): void {
    const series = this.#all[id];
    series?.at.push(atMs);
    series?.value.push(value);
  }

  run(planned: Planned): Run {
    const series = this.#all.map(
      ({ metric, kind, tags, at, value }): SeriesData => ({
        metric,
        kind,
        tags,
        atMs: Float64Array.from(at),
        values: Float64Array.from(value),
      }),
    );
    return {
      directory: "/nowhere",
      id: "in-memory",
      plan: planned.plan,
      events: this.events,
      series,
      damage: [],
    };
  }
}

export function planned(
  experiment: Experiment,
  seed: number,
  without: readonly string[] = [],
): Planned {
  return planExperiment(experiment, {
    substrate: "simulated",
    substrateWhy: "test",
    supports: simulatedSupport,
    seed,
    without,
    topology: null,
    workloadExports: (workload) =>
      experiment.load.filter((load) => load.workload === workload).map((load) => load.exec),
    rerun: "",
  });
}

export interface InMemory {
  readonly planned: Planned;
  readonly clock: VirtualClock;
  readonly machine: VirtualMachine;
  readonly record: MemoryRecord;
  readonly world: ReturnType<typeof simulatedWorld>;
}

export function inMemory(plan: Planned): InMemory {
  const clock = new VirtualClock(startMs);
  const machine = new VirtualMachine();
  const record = new MemoryRecord(clock);
  if (plan.model === undefined) throw new Error("no model");
  record.event({
    kind: "started",
    runId: "in-memory",
    versions: {},
    machine: { platform: "virtual", cpuModel: "virtual", cores: 2, memoryBytes: 1 },
  });
  const world = simulatedWorld({
    plan: plan.plan,
    layout: plan.layout,
    model: plan.model,
    pack: plan.pack,
    runId: "in-memory",
    clock,
    machine,
    sink: record,
    events: record,
    undo: { record: () => () => {} },
  });
  return { planned: plan, clock, machine, record, world };
}

export async function simulateInMemory(plan: Planned): Promise<Run> {
  const one = inMemory(plan);
  await one.clock.until(
    conduct(plan.plan, { ...one.world, abortReason: () => null }, new AbortController().signal),
  );
  return one.record.run(plan);
}
