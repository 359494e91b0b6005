/**
 * The conductor's world for a run in virtual time: the model instead of the target, virtual users
 * instead of k6.
 */
import type { TargetModel } from "../../target/model.ts";
import type { Pack } from "../../target/pack.ts";
import type { VirtualContext } from "../../target/pack-virtual.ts";
import type { Deployment } from "../../target/deployment.ts";
import type { EventSink } from "../../record/event-sink.ts";
import type { RunningLoad } from "../../load/generator.ts";
import type { SampleSink } from "../../metrics/samples.ts";
import type { UndoLedger } from "../../record/undo.ts";
import { prng } from "../../base/prng.ts";
import type { Plan } from "../../record/plan.ts";
import type { SentRows } from "../../trace/replayed.ts";
import type { Layout } from "../../target/layout.ts";
import { SimulatedDeployment } from "./deployment.ts";
import { injectVirtually } from "./inject.ts";
import { SimulatedLoad } from "./load.ts";
import type { VirtualMachine } from "./machine.ts";
import { SimulatedProber } from "./prober.ts";
import { SimulatedProbes } from "./probes.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export interface SimulatedWorldOptions {
  readonly plan: Plan;
  readonly layout: Layout;
  readonly model: TargetModel;
  /** The target's pack, which reads what is specific to its kind. */
  readonly pack?: Pack | undefined;
  /** By load, what it replays. */
  readonly replays?: SentRows | undefined;
  readonly runId: string;
  readonly clock: VirtualClock;
  readonly machine: VirtualMachine;
  readonly sink: SampleSink;
  readonly events: EventSink;
  readonly undo: UndoLedger;
}

/** Time in ms from the readiness of the last service until the whole target works. */
const playableAfterMs = 4_500;

/** The conductor's world except for abort conditions, which the owner of the samples evaluates. */
export function simulatedWorld(options: SimulatedWorldOptions) {
  const { plan, clock, machine, sink, runId } = options;
  let probes: SimulatedProbes | null = null;
  const events: EventSink = {
    event(event) {
      options.events.event(event);
      if (event.kind === "phase") probes?.phaseBegan(event.phase);
    },
  };
  return {
    clock,
    events,
    inject: injectVirtually,
    deploy: async (signal: AbortSignal): Promise<SimulatedDeployment> => {
      const deployment = new SimulatedDeployment(options);
      try {
        await deployment.startAll(signal);
        await clock.sleep(playableAfterMs, signal);
        deployment.refuseDeaths();
        return deployment;
      } catch (error) {
        await deployment[Symbol.asyncDispose]();
        throw error;
      }
    },
    prepareLoad: async (deployment: Deployment): Promise<SimulatedLoad> =>
      new SimulatedLoad(
        plan,
        clock,
        (deployment as SimulatedDeployment).model,
        sink,
        options.replays,
      ),
    startProbes: async (deployment: Deployment, _load: RunningLoad): Promise<SimulatedProbes> => {
      const { model, counters, nodes, layout, instances } = deployment as SimulatedDeployment;
      const context: VirtualContext = {
        layout,
        model,
        instances,
        sink,
        clock,
        load: plan.load,
        joins: plan.players ?? [],
        random: prng(plan.seed ^ 0x5ea),
      };
      probes = new SimulatedProbes({
        traffic: () => deployment.linkTraffic?.() ?? Promise.resolve([]),
        clock,
        sink,
        counters,
        nodes,
        others: () => options.pack?.virtualProbes?.(context) ?? new SimulatedProber(context),
      });
      return probes;
    },
    sweep: async (): Promise<readonly string[]> => {
      machine.killAllOf(runId);
      return machine.left();
    },
    harnessCpuSeconds: () => 0,
  };
}
