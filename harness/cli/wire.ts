/** Joins the adapters: the only place that knows which substrate, generator, probes and observer a run is made of. */
import { randomBytes } from "node:crypto";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Clock, SampleSink, Substrate } from "../core/ports.ts";
import type { Planned } from "../core/plan.ts";
import type { Machine, SubstrateName } from "../core/run.ts";
import { entriesOf, hostsOf } from "../core/entries.ts";
import type { ToolName, Tools } from "../core/tools.ts";
import { injecting } from "../faults/inject.ts";
import { k6Generator } from "../load/k6.ts";
import { RunningProbes } from "../probes/probes.ts";
import { AbortWatch } from "../run/abort-watch.ts";
import type { World } from "../run/conductor.ts";
import type { FileLedger } from "../run/ledger.ts";
import { tracesOf } from "../run/recovery.ts";
import type { Recorder } from "../run/recorder.ts";
import { files } from "../run/run-directory.ts";
import { dockerSubstrate } from "../substrates/docker/deploy.ts";
import { connectEngine, engineAddress } from "../substrates/docker/engine.ts";
import { sweepEngine } from "../substrates/docker/undo.ts";
import { processSubstrate } from "../substrates/process/deploy.ts";
import { toolsForFaults } from "../substrates/process/support.ts";
import { observer } from "../system/observer.ts";
import { statOf } from "../system/processes.ts";
import { endStrays } from "../system/strays.ts";
import type { Context } from "./context.ts";
import { type Hold, holding } from "./hold.ts";
import { ensureImage } from "./image.ts";
import { withPlayers } from "./players.ts";
import type { Progress } from "./progress.ts";

export interface WireOptions {
  readonly context: Context;
  readonly planned: Planned;
  readonly tools: Tools;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly ledger: FileLedger;
  readonly directory: string;
  readonly runId: string;
  readonly progress: Progress;
  /** Sees each sample and passes it on to the recorder. */
  readonly samples?: SampleSink | undefined;
  readonly hold?: Hold | undefined;
}

/** The tools of a target's services and those that every run needs. */
export function toolsFor(planned: Planned): ToolName[] {
  // The image brings the others.
  if (planned.plan.substrate === "docker") return ["node", "k6"];
  return [...new Set<ToolName>(["node", "k6", ...(planned.layout.links.length > 0 ? ["toxiproxy" as const] : []), ...toolsForFaults(planned.plan.steps.map(({ fault }) => fault)), ...planned.layout.services.flatMap((service) => service.tools)])];
}

export function substrateOf(context: Context, name: SubstrateName, tools: Tools, clock: Clock): Substrate {
  const cacheDirectory = join(context.cacheDirectory, "media");
  if (name !== "docker") return processSubstrate({ tools, clock, stateDirectory: context.stateDirectory, cacheDirectory });
  return dockerSubstrate({
    clock, cacheDirectory, root: context.root, engineHost: engineAddress(context.env).host,
    engine: () => connectEngine(context.env), image: (docker) => ensureImage(context, docker),
  });
}

export function wire(options: WireOptions): World {
  const { context, planned, tools, clock, recorder, ledger, directory, runId, progress } = options;
  const { plan, layout } = planned;
  const logsDirectory = join(directory, files.logs);
  const watch = new AbortWatch(options.samples ?? recorder, plan.abortWhen);
  recorder.onEvent((event) => watch.event(event));
  const generator = k6Generator({ tool: tools.k6, workloads: join(context.root, "experiments", "workloads"), clock });
  const harnessCpuSeconds = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return {
    clock, events: recorder, inject: injecting(observer), harnessCpuSeconds,
    ...(options.hold === undefined ? {} : { hold: holding(options.hold, { plan, runId, logsDirectory, undo: ledger, generator }) }),
    deploy: (signal) => substrateOf(context, plan.substrate, tools, clock).deploy({
      plan, runId, layout, logsDirectory, undo: ledger, signal, controlToken: randomBytes(16).toString("hex"), progress: (text) => progress.note(text),
    }),
    prepareLoad: async (deployment, signal) => {
      const load = await generator.prepare({
        plan, runId, stream: plan.stream, edges: entriesOf(deployment), gateways: entriesOf(deployment, layout.gateways ?? []), hosts: hostsOf(deployment), sink: watch, logsDirectory, undo: ledger, signal,
      });
      progress.watch(() => load.progress);
      return load;
    },
    startProbes: async (deployment, load) => {
      const probes = new RunningProbes({ deployment, load, sink: watch, events: recorder, clock, harnessCpuSeconds, asksPast: plan.load.some(({ lane }) => lane === "dvr") });
      return (plan.players ?? []).length === 0 ? probes
        : withPlayers(probes, { context, plan, runId, deployment, manifestPath: layout.manifestPath ?? "", sink: watch, recorder, clock, undo: ledger });
    },
    abortReason: (phase) => watch.violated(clock.nowMs(), phase),
    sweep: () => sweep(context, runId, plan.substrate, ledger),
  };
}

/** Ends whatever a trace of the run leads to, or carries its label; returns what does not end. */
export async function sweep(context: Context, runId: string, substrate: SubstrateName, ledger: FileLedger): Promise<readonly string[]> {
  const { left } = await endStrays(tracesOf({ runId, entries: ledger.open, recorded: ledger.recorded, ownerStartTicks: statOf(process.pid)?.startTicks ?? 0 }), 2_500);
  const processes = left.map(({ pid, name, why }) => `process ${pid} (${name}, ${why})`);
  return [...processes, ...(substrate === "docker" ? await sweepEngine(context.env, runId) : [])];
}

export function versionsOf(tools: Tools, context: Context): Record<string, string> {
  return { seawall: context.version, ...Object.fromEntries(Object.values(tools).map((tool) => [tool.name, tool.version])) };
}

export function thisMachine(): Machine {
  return { platform: `${process.platform}-${process.arch}`, cpuModel: cpus()[0]?.model ?? "unknown", cores: availableParallelism(), memoryBytes: totalmem() };
}

