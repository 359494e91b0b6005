/**
 * Composition root: the only module that knows which substrate, generator, probes and observer a
 * run consists of.
 */
import { randomBytes } from "node:crypto";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Clock } from "../target/deployment.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { Substrate } from "../substrates/substrate.ts";
import type { Planned } from "../plan/options.ts";
import { planAsRead } from "../record/plan-as-read.ts";
import type { Machine } from "../record/events.ts";
import type { SubstrateName } from "../record/substrates.ts";
import { entriesOf, hostsOf, otherEntriesOf } from "../target/entries.ts";
import { SeawallError } from "../base/errors.ts";
import type { Tools } from "../target/tools.ts";
import { injecting } from "../faults/inject.ts";
import type { LoadGenerator } from "../load/generator.ts";
import { k6Generator } from "../load/k6.ts";
import { fleetOf } from "../load/runners/fleet.ts";
import { localRunners } from "../load/runners/local.ts";
import { watchIdle } from "../probes/idle.ts";
import { RunningProbes } from "../probes/probes.ts";
import { AbortWatch } from "../run/abort-watch.ts";
import type { World } from "../run/conductor.ts";
import { keepingUndo } from "../run/keep-undo.ts";
import type { FileLedger } from "../run/ledger.ts";
import { tracesOf } from "../run/recovery.ts";
import type { Recorder } from "../run/recorder.ts";
import { files } from "../run/run-directory.ts";
import { adapterOf } from "../substrates/registry.ts";
import { observer } from "../system/observer.ts";
import { statOf } from "../system/processes.ts";
import { ending } from "../system/sources.ts";
import { endStrays } from "../system/strays.ts";
import type { Context } from "./context.ts";
import { type Hold, holding } from "./hold.ts";
import { withPlayers } from "./players.ts";
import type { Progress } from "./progress.ts";
import { allowing, contentOfStarted } from "./read-content.ts";

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
  /** Receives each sample and passes it on to the recorder. */
  readonly samples?: SampleSink | undefined;
  readonly hold?: Hold | undefined;
}

export function wire(options: WireOptions): World {
  const { context, planned, tools, clock, recorder, ledger, directory, runId, progress } = options;
  const { plan, layout } = planned;
  const logsDirectory = join(directory, files.logs);
  const watch = new AbortWatch(options.samples ?? recorder, plan);
  recorder.onEvent((event) => watch.event(event));
  const generator = generatorOf(options);
  const harnessCpuSeconds = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  /** With what was read from the target, once it is up. */
  let known = plan;
  return {
    clock,
    events: recorder,
    inject: keepingUndo(injecting(observer), ledger),
    harnessCpuSeconds,
    ...(options.hold === undefined
      ? {}
      : {
          hold: holding(options.hold, {
            plan: () => known,
            runId,
            logsDirectory,
            undo: ledger,
            generator,
          }),
        }),
    deploy: async (signal) =>
      (await substrateOf(context, plan.substrate, tools, clock)).deploy({
        plan,
        runId,
        layout,
        logsDirectory,
        undo: ledger,
        signal,
        controlToken: randomBytes(16).toString("hex"),
        progress: (text) => progress.note(text),
      }),
    readContent: async (deployment, signal) => {
      const read = await contentOfStarted(planned, deployment, signal);
      if (read === null) return null;
      for (const text of read.notes) recorder.event({ kind: "note", text });
      known = planAsRead(plan, read.record);
      return read.record;
    },
    watchIdle: (deployment) => watchIdle(plan, deployment, clock),
    prepareLoad: async (deployment, signal) => {
      const load = await generator.prepare({
        plan: known,
        runId,
        entries: entriesOf(deployment),
        otherEntries: otherEntriesOf(deployment),
        // What was read may lead to hosts that no service has.
        hosts: [
          ...hostsOf(deployment),
          ...(planned.pack?.reader === undefined ? [] : (planned.allowHosts ?? [])),
        ],
        replays: planned.replays,
        sink: watch,
        logsDirectory,
        undo: ledger,
        signal,
      });
      progress.watch(() => load.progress);
      return load;
    },
    startProbes: async (deployment, load) => {
      const probes = new RunningProbes({
        deployment,
        load,
        sink: watch,
        events: recorder,
        clock,
        harnessCpuSeconds,
        planned: plan.load,
        metrics: plan.metrics,
        pack: planned.pack,
        content: known.content,
        isAllowed: allowing(planned.allowHosts),
      });
      try {
        await probes.listen();
      } catch (error) {
        await probes[Symbol.asyncDispose]();
        throw error;
      }
      const followed = planned.pack?.players;
      return (plan.players ?? []).length === 0 || followed === undefined
        ? probes
        : withPlayers(probes, {
            context,
            plan,
            runId,
            deployment,
            followed,
            sink: watch,
            recorder,
            clock,
            undo: ledger,
          });
    },
    abortReason: (phase) => watch.violated(clock.nowMs(), phase),
    sweep: () => sweep(context, runId, plan.substrate, ledger),
  };
}

/** k6 itself, or the runners that share its load. */
function generatorOf({ context, planned, tools, clock }: WireOptions): LoadGenerator {
  const own = {
    tool: tools.k6,
    workloads: planned.pack?.workloads ?? context.root,
    clock,
    env: context.env,
  };
  const { runners } = planned.plan;
  if (runners === undefined) return k6Generator(own);
  const main = join(context.root, "harness", `main${ending}`);
  const command = [process.execPath, main, "relay"] as const;
  return fleetOf(localRunners({ ...own, count: runners.count, command: [...command] }), clock);
}

/** The substrate that deploys the target. */
export async function substrateOf(
  context: Context,
  name: SubstrateName,
  tools: Tools,
  clock: Clock,
): Promise<Substrate> {
  const { real } = await adapterOf(name);
  if (real === undefined)
    throw new SeawallError("USAGE", `the ${name} substrate starts nothing: it is a model`, {
      hint: "Use another --substrate.",
    });
  return real(context, tools, clock);
}

/**
 * Ends every process to which a trace of the run leads, or that carries its label; returns those
 * that do not end.
 */
export async function sweep(
  context: Context,
  runId: string,
  substrate: SubstrateName,
  ledger: FileLedger,
): Promise<readonly string[]> {
  const { left } = await endStrays(
    tracesOf({
      runId,
      entries: ledger.open,
      recorded: ledger.recorded,
      ownerStartTicks: statOf(process.pid)?.startTicks ?? 0,
    }),
    2_500,
  );
  const processes = left.map(({ pid, name, why }) => `process ${pid} (${name}, ${why})`);
  const { sweep: sweepMade } = await adapterOf(substrate);
  const commands = ledger.open.flatMap((entry) =>
    entry.kind === "command" && entry.fault !== undefined
      ? [`\`${[entry.command, ...entry.args].join(" ")}\` did not end well`]
      : [],
  );
  return [...processes, ...commands, ...((await sweepMade?.(context.env, runId)) ?? [])];
}

export function versionsOf(tools: Tools, context: Context): Record<string, string> {
  return {
    seawall: context.version,
    ...Object.fromEntries(Object.values(tools).map((tool) => [tool.name, tool.version])),
  };
}

export function thisMachine(): Machine {
  return {
    platform: `${process.platform}-${process.arch}`,
    cpuModel: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}
