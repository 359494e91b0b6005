/**
 * The only code with a lifecycle: deploy, load, baseline, inject, heal, recover, undo everything.
 * It makes no decision that `plan` could have made, and draws no conclusion that `judge` can draw.
 * It acts at the planned times and records what it observes.
 */
import { gracefulStopMsOf, tailMs } from "../record/arrivals.ts";
import { SeawallError } from "../base/errors.ts";
import { isPhase, type Phase } from "../base/phases.ts";
import type { Clock, Deployment } from "../target/deployment.ts";
import type { ContentRecord } from "../record/content.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { LoadEnd, RunningLoad } from "../load/generator.ts";
import type { AbortReason, Idle } from "../record/events.ts";
import type { Plan } from "../record/plan.ts";
import { struckBy } from "../record/struck.ts";
import type { InjectFault } from "../faults/inject.ts";
import { FaultsInForce } from "./faults-in-force.ts";
import { type Action, schedule } from "./schedule.ts";

/** Samples the target while it runs. */
export interface Probes extends AsyncDisposable {
  /** Takes one reading of everything now, so that no counter straddles a phase. */
  readNow(): Promise<void>;
  /** Counts the traffic of the links until now. */
  countTraffic(): Promise<void>;
  /**
   * Queries that are possible only after all phases, while the target is still up. The last phase
   * ended at `endedMs`.
   */
  finish(signal: AbortSignal, endedMs: number): Promise<void>;
}

export interface World {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly inject: InjectFault;
  deploy(signal: AbortSignal): Promise<Deployment>;
  /** Reads what the target serves; null if the plan knows it. */
  readContent?(deployment: Deployment, signal: AbortSignal): Promise<ContentRecord | null>;
  /**
   * Holds the target under its everyday load until a person says go; this load is not recorded.
   * Rejects with a RunAborted without a go.
   */
  readonly hold?: {
    readonly msMax: number;
    release(deployment: Deployment, signal: AbortSignal): Promise<void>;
  };
  /** Counts the activity without any load, until the result is called. */
  watchIdle?(deployment: Deployment): Promise<() => Promise<Idle | null>>;
  prepareLoad(deployment: Deployment, signal: AbortSignal): Promise<RunningLoad>;
  startProbes(deployment: Deployment, load: RunningLoad, signal: AbortSignal): Promise<Probes>;
  /** Undoes what no disposal reached; returns what is left. */
  sweep(): Promise<readonly string[]>;
  /**
   * Why the run must end now, by the experiment's abort conditions for this phase; null while it
   * may continue.
   */
  abortReason(phase: Phase): string | null;
  /** CPU seconds that this process has used. */
  harnessCpuSeconds(): number;
}

/** Aborts the run for a recorded reason; the first one wins. */
export class RunAborted extends Error {
  readonly reason: AbortReason;
  constructor(reason: AbortReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "RunAborted";
    this.reason = reason;
  }
}

export interface Conducted {
  /** What ended the run early, if anything did. */
  readonly error: unknown;
}

/** Time that the load may take to end in addition to its tail and a user's longest patience. */
const drainMarginMs = 5_000;
const teardownMs = 60_000;
/**
 * A heal may have to start services again: the longest start-up time plus a margin. A fault that is
 * not healed by then never will be.
 */
const healMsMax = 180_000;
/** The slowest service and the first answer that proves the whole target. */
const startMsMax = 240_000;
const marginMs = 60_000;

/** Never rejects: failures are in the record and in the result. */
export async function conduct(plan: Plan, world: World, outside: AbortSignal): Promise<Conducted> {
  const { clock, events } = world;
  let error: unknown = null;
  const stack = new AsyncDisposableStack();
  const own = new AbortController();
  const inTime = new AbortController();
  // One signal for all reasons to end the run: the first one wins.
  const signal = AbortSignal.any([outside, own.signal]);
  const msMax = runMsMax(plan) + (world.hold?.msMax ?? 0);
  void clock.sleep(msMax, inTime.signal).then(
    () =>
      own.abort(new RunAborted("deadline", `it took longer than ${Math.round(msMax / 1000)} s`)),
    () => {},
  );
  try {
    const startedMs = clock.nowMs();
    events.event({ kind: "deploying" });
    const deployment = stack.use(await world.deploy(signal));
    deployment.onExit((exit) => {
      events.event({ kind: "exited", ...exit });
      // A part of the substrate and not of the target, such as the proxy on its links: if it dies,
      // no measurement is valid.
      const isTargets = deployment.layout.services.some((service) => service.name === exit.service);
      if (!exit.expected && !isTargets)
        own.abort(new RunAborted("substrate", `${exit.service} died: ${exit.detail}`));
    });
    events.event({ kind: "deployed", tookMs: clock.nowMs() - startedMs });
    const read = (await world.readContent?.(deployment, signal)) ?? null;
    if (read !== null) events.event({ kind: "contentRead", ...read });
    if (world.hold !== undefined) await held(world, world.hold, deployment, signal);
    const idle = await world.watchIdle?.(deployment);
    const load = stack.use(await world.prepareLoad(deployment, signal));
    // The prober's requests would count as the target's own.
    const idled = (await idle?.()) ?? null;
    const probes = stack.use(await world.startProbes(deployment, load, signal));
    await perform(plan, world, deployment, load, probes, signal, idled);
  } catch (thrown) {
    const ended = thrown instanceof Ended ? thrown : new Ended(thrown, signal);
    error = ended.thrown;
    events.event({ kind: "aborted", reason: ended.reason, detail: ended.message });
  }
  inTime.abort();
  await undo(world, stack, error);
  events.event({ kind: "finished" });
  return { error };
}

async function held(
  { clock, events }: World,
  hold: NonNullable<World["hold"]>,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<void> {
  const sinceMs = clock.nowMs();
  await hold.release(deployment, signal);
  events.event({
    kind: "note",
    text:
      `held under everyday load for ${((clock.nowMs() - sinceMs) / 1000).toFixed(0)} s before ` +
      "the record began, until a person said go",
  });
}

/** The load, the limits for deployment and heal, and a margin: a run that takes longer is stuck. */
function runMsMax(plan: Plan): number {
  const { leadInMs, phasesMs } = plan;
  return (
    startMsMax +
    leadInMs +
    phasesMs.baseline +
    phasesMs.fault +
    phasesMs.recovery +
    healMsMax +
    drainMsMax(plan) +
    marginMs
  );
}

/** The reason of an early end, fixed at that moment: errors during the heal do not change it. */
class Ended extends Error {
  readonly reason: AbortReason;
  readonly thrown: unknown;
  constructor(thrown: unknown, signal: AbortSignal) {
    const { reason, detail } = reasonOf(thrown, signal);
    super(detail);
    this.reason = reason;
    this.thrown = thrown;
  }
}

function reasonOf(thrown: unknown, signal: AbortSignal): { reason: AbortReason; detail: string } {
  const cause = signal.aborted && !(thrown instanceof RunAborted) ? signal.reason : thrown;
  if (cause instanceof RunAborted) return { reason: cause.reason, detail: cause.message };
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof SeawallError)
    return { reason: cause.code === "INTERRUPTED" ? "user" : "substrate", detail };
  return { reason: "internal", detail };
}

/**
 * `error`: what ended the run. Services that started only partly and could not be stopped are left.
 */
async function undo(world: World, stack: AsyncDisposableStack, error: unknown): Promise<void> {
  const { clock, events } = world;
  const startedMs = clock.nowMs();
  const left: string[] =
    error instanceof SeawallError && error.code === "CLEANUP_INCOMPLETE" ? [error.message] : [];
  const deadline = new AbortController();
  // Teardown has its own deadline: the reason of the abort must not shorten it.
  const timeout = clock.sleep(teardownMs, deadline.signal).then(
    () => "late" as const,
    () => "ended" as const,
  );
  const outcome = await Promise.race([
    stack.disposeAsync().then(
      () => "done" as const,
      (error: unknown) => error,
    ),
    timeout,
  ]);
  deadline.abort();
  if (outcome === "late") left.push(`teardown did not end within ${teardownMs / 1000} s`);
  else if (outcome instanceof Error) left.push(outcome.message);
  left.push(...(await world.sweep()));
  events.event({
    kind: "cleaned",
    status: left.length === 0 ? "clean" : "incomplete",
    left,
    tookMs: clock.nowMs() - startedMs,
  });
}

async function perform(
  plan: Plan,
  world: World,
  deployment: Deployment,
  load: RunningLoad,
  probes: Probes,
  signal: AbortSignal,
  idled: Idle | null,
): Promise<void> {
  const { clock, events } = world;
  const faults = new FaultsInForce(
    world,
    deployment,
    signal,
    () => probes.countTraffic(),
    touching(plan),
  );
  const meter = { cpuSeconds: world.harnessCpuSeconds(), sinceMs: clock.nowMs() };
  let early: LoadEnd | null = null;
  let scheduled = true;
  const phase: CurrentPhase = { now: null, changedMs: clock.nowMs() };
  const stop = new AbortController();
  const running = AbortSignal.any([signal, stop.signal]);
  const report = (end: LoadEnd): void =>
    events.event({
      kind: "generator",
      exitCode: end.exitCode,
      signal: end.signal,
      expected: end.expected && !scheduled,
      detail: scheduled ? `it ended early: ${end.detail}` : end.detail,
      generatorCpuSeconds: end.cpuSeconds,
      harnessCpuSeconds: world.harnessCpuSeconds() - meter.cpuSeconds,
      seconds: (clock.nowMs() - meter.sinceMs) / 1000,
    });
  const askedMs = clock.nowMs();
  await load.begin();
  events.event({
    kind: "loadStarted",
    generator: load.name,
    askedMs,
    ...(idled === null ? {} : { idle: idled }),
  });
  const zeroMs = clock.nowMs();
  void load.ended.then((end) => {
    if (!scheduled) return;
    // Recorded at once: from here on no requests are sent, whatever the phase.
    report(end);
    early = end;
    stop.abort(new LoadEnded());
  });
  const watching = watch(world, phase, stop, running);
  try {
    for (const action of schedule(plan)) {
      await clock.sleep(zeroMs + action.atMs - clock.nowMs(), running);
      if (action.kind === "phase") phase.changedMs = clock.nowMs();
      await act(action, zeroMs + action.atMs, world, faults, probes);
      if (action.kind === "phase") phase.now = isPhase(action.phase) ? action.phase : null;
    }
  } catch (error) {
    if (!(error instanceof LoadEnded)) throw new Ended(error, signal);
  } finally {
    scheduled = false;
    // However the run ends, each fault is healed once before anything is stopped.
    await withIn(healMsMax, faults.healAll(), clock);
    stop.abort(new LoadEnded());
    await watching;
  }
  if (early === null) report(await drained(load, drainMsMax(plan), world, signal));
  await probes.readNow();
  await probes.finish(signal, phase.changedMs);
  if (signal.aborted) throw new Ended(signal.reason, signal);
}

/**
 * A service that accepts connections without answering must not delay a phase; its late answer
 * belongs to the next one.
 */
const readMsMax = 1_000;

/** Whether two steps strike the same service or link. */
function touching(plan: Plan): (one: number, other: number) => boolean {
  const struck = plan.steps.map((_, step) => [
    ...struckBy(plan, step).services,
    ...struckBy(plan, step).links,
  ]);
  return (one, other) =>
    struck[one]?.some((name) => struck[other]?.includes(name) === true) === true;
}

/**
 * The current judged phase, null in the lead-in and the drain; and when the last change was due.
 */
interface CurrentPhase {
  now: Phase | null;
  changedMs: number;
}

class LoadEnded extends Error {}

/** Evaluates the abort conditions every second; the first violated one ends the run. */
async function watch(
  world: World,
  phase: CurrentPhase,
  stop: AbortController,
  running: AbortSignal,
): Promise<void> {
  try {
    for (;;) {
      await world.clock.sleep(1_000, running);
      const reason = phase.now === null ? null : world.abortReason(phase.now);
      if (reason !== null) stop.abort(new RunAborted("claim", reason));
    }
  } catch {
    // the run is over, for whatever reason
  }
}

async function withIn(ms: number, work: Promise<void>, clock: Clock): Promise<void> {
  const patience = new AbortController();
  await Promise.race([work, clock.sleep(ms, patience.signal).catch(() => {})]);
  patience.abort();
}

function drainMsMax(plan: Plan): number {
  return tailMs + gracefulStopMsOf(plan) + drainMarginMs;
}

async function drained(
  load: RunningLoad,
  drainMs: number,
  world: World,
  signal: AbortSignal,
): Promise<LoadEnd> {
  const patience = new AbortController();
  // A run that is being aborted does not wait for the last users either.
  const late = world.clock.sleep(drainMs, AbortSignal.any([signal, patience.signal])).then(
    () => null,
    () => null,
  );
  const end = await Promise.race([load.ended, late]);
  patience.abort();
  return end ?? (await load.stop());
}

async function act(
  action: Action,
  plannedMs: number,
  world: World,
  faults: FaultsInForce,
  probes: Probes,
): Promise<void> {
  switch (action.kind) {
    case "phase":
      // Counters read now belong to the phase that ends here.
      await withIn(readMsMax, probes.readNow(), world.clock);
      world.events.event({ kind: "phase", phase: action.phase });
      return;
    case "inject":
      faults.inject(action.step, action, plannedMs, plannedMs + action.forMs);
      return;
    case "heal":
      faults.heal(action.step, plannedMs);
      return;
  }
}
