/**
 * The only code with a lifecycle: deploy, load, baseline, break, heal, recover, undo everything. It
 * takes no decision that `plan` could have taken and draws no conclusion that `judge` can draw; it
 * makes things happen at their time and writes down what was seen.
 */
import { gracefulStopMsOf, tailMs } from "../record/arrivals.ts";
import { SeawallError } from "../base/errors.ts";
import { type Phase, phases } from "../base/phases.ts";
import type { Clock, Deployment } from "../target/deployment.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { LoadEnd, RunningLoad } from "../load/generator.ts";
import type { AbortReason } from "../record/events.ts";
import type { Plan } from "../record/plan.ts";
import { struckBy } from "../record/struck.ts";
import type { InjectFault } from "../faults/inject.ts";
import { FaultsInForce } from "./faults-in-force.ts";
import { type Action, schedule } from "./schedule.ts";

/** What samples the target while it runs. */
export interface Probes extends AsyncDisposable {
  /** Takes one reading of everything now, so that no counter straddles a phase. */
  readNow(): Promise<void>;
  /** Counts what passed over the links until now. */
  countTraffic(): Promise<void>;
  /**
   * What can only be asked when all phases are over and the target is still up; the last of them
   * ended at `endedMs`.
   */
  finish(signal: AbortSignal, endedMs: number): Promise<void>;
}

export interface World {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly inject: InjectFault;
  deploy(signal: AbortSignal): Promise<Deployment>;
  /**
   * The target is up, and people look at it under its everyday load, none of which is recorded,
   * until one of them says go. Rejects with a RunAborted when nobody does.
   */
  readonly hold?: {
    readonly msMax: number;
    release(deployment: Deployment, signal: AbortSignal): Promise<void>;
  };
  prepareLoad(deployment: Deployment, signal: AbortSignal): Promise<RunningLoad>;
  startProbes(deployment: Deployment, load: RunningLoad, signal: AbortSignal): Promise<Probes>;
  /** Undoes what no disposal reached; returns what is left. */
  sweep(): Promise<readonly string[]>;
  /**
   * Why the run must end now, judged by the experiment's own abort conditions for this phase; null
   * while it may go on.
   */
  abortReason(phase: Phase): string | null;
  /** CPU seconds that this process has used. */
  harnessCpuSeconds(): number;
}

/** Aborts the run for a reason that is written down; the first one wins. */
export class RunAborted extends Error {
  readonly reason: AbortReason;
  constructor(reason: AbortReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = "RunAborted";
    this.reason = reason;
  }
}

export interface Conducted {
  /** What ended the run before its time, if anything did. */
  readonly error: unknown;
}

/**
 * How much longer than its tail and the longest patience of a user the load may take to end by
 * itself.
 */
const drainMarginMs = 5_000;
const teardownMs = 60_000;
/**
 * Healing may start services again: the longest that one may take to be ready, and some. What is
 * not healed by then never will be.
 */
const healMsMax = 180_000;
/** The slowest service and the first answer that the target works. */
const startMsMax = 240_000;
const marginMs = 60_000;

/** Never rejects: what went wrong is in the record and in the result. */
export async function conduct(plan: Plan, world: World, outside: AbortSignal): Promise<Conducted> {
  const { clock, events } = world;
  let error: unknown = null;
  const stack = new AsyncDisposableStack();
  const own = new AbortController();
  const inTime = new AbortController();
  // One signal for all who may end the run: whoever is first gives the reason.
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
      // What belongs to the substrate and not to the target, as the proxy on its links: without it
      // nothing that is measured means anything.
      const isTargets = deployment.layout.services.some((service) => service.name === exit.service);
      if (!exit.expected && !isTargets)
        own.abort(new RunAborted("substrate", `${exit.service} died: ${exit.detail}`));
    });
    events.event({ kind: "deployed", tookMs: clock.nowMs() - startedMs });
    if (world.hold !== undefined) await held(world, world.hold, deployment, signal);
    const load = stack.use(await world.prepareLoad(deployment, signal));
    const probes = stack.use(await world.startProbes(deployment, load, signal));
    await perform(plan, world, deployment, load, probes, signal);
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

/**
 * The load, what it takes to bring the target up and to heal it, and some: a run that goes on after
 * that is stuck.
 */
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

/**
 * Why a run ended before its time, as it was when it ended: what comes while everything is healed
 * does not change it.
 */
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
 * `error`: what ended the run; something that was half brought up and could not be taken down is
 * left.
 */
async function undo(world: World, stack: AsyncDisposableStack, error: unknown): Promise<void> {
  const { clock, events } = world;
  const startedMs = clock.nowMs();
  const left: string[] =
    error instanceof SeawallError && error.code === "CLEANUP_INCOMPLETE" ? [error.message] : [];
  const deadline = new AbortController();
  // Teardown has a deadline of its own: whatever aborted the run must not shorten it.
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
  events.event({ kind: "loadStarted", generator: load.name, askedMs });
  const zeroMs = clock.nowMs();
  void load.ended.then((end) => {
    if (!scheduled) return;
    // Written down at once: from here on nobody asks for anything, whatever the phase is called.
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
    // However the run ends, each fault is healed, once, before anything is taken down.
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
 * A service that takes connections and says nothing must not hold a phase up: what it says later
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
 * The judged phase that is on, null in the lead-in and the drain; and when the last change was due.
 */
interface CurrentPhase {
  now: Phase | null;
  changedMs: number;
}

function isPhase(name: string): name is Phase {
  return (phases as readonly string[]).includes(name);
}

class LoadEnded extends Error {}

/** Judges the abort conditions every second; the first that is met ends the run. */
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
  // Whoever ends the run now does not want to wait for the last users either.
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
