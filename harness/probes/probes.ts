/**
 * Everything that the harness itself reads while a run goes on, on one rhythm, and once more at
 * each phase boundary.
 */
import { Agent } from "node:http";
import type { Load } from "../experiment/experiment.ts";
import type { Pack } from "../target/pack.ts";
import type { Exposition, PackProbes } from "../target/pack-probes.ts";
import type { Clock, Deployment, Instance, ServiceUsage } from "../target/deployment.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { RunningLoad } from "../load/generator.ts";
import type { SampleSink } from "../metrics/samples.ts";
import { kindOfSeries } from "../record/metric-registry.ts";
import {
  type Exposed,
  isAlerting,
  isExposed,
  isQueried,
  type Telemetry,
} from "../target/layout.ts";
import { wallClockStepMs } from "../system/clock.ts";
import { type Answer, httpGet } from "../system/network.ts";
import { deniedSeconds } from "../system/starvation.ts";
import { movedByInterfaces } from "../system/traffic.ts";
import { type MonitoringReading, readAlerts, readQueries } from "./monitoring.ts";
import { runProber } from "./prober.ts";
import {
  type Heads,
  Increments,
  ownSamples,
  parseExposition,
  startTimeSeries,
} from "./prometheus.ts";

const everyMs = 2_000;
const readMs = 3_000;
/**
 * A phase begins late by so much at most: who says nothing by then is read by the next reading, and
 * has a gap until then.
 */
const boundaryMs = 500;
/**
 * A closed connection is in the system's tables for a minute, so traffic on links need not be
 * counted as often as the rest is read.
 */
const trafficEveryRounds = 5;
/**
 * Less than this is the clock's own discipline at work (slewing), more is somebody setting the
 * time.
 */
const clockStepMs = 50;

export interface ProbeOptions {
  readonly deployment: Deployment;
  readonly sink: SampleSink;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly harnessCpuSeconds: () => number;
  readonly load: RunningLoad;
  /** What users ask. */
  readonly planned: readonly Load[];
  /** Of the target: it looks at what no other target has. */
  readonly pack?: Pack | undefined;
}

export class RunningProbes implements AsyncDisposable {
  readonly #options: ProbeOptions;
  readonly #stop = new AbortController();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #counters: Increments;
  readonly #ofPack: PackProbes | null;
  readonly #tasks: Promise<void>[];
  /**
   * From the first reading on, which is that of the lead-in: what passed while the target came up
   * is no traffic of the run.
   */
  readonly #traffic: Increments;
  #countingTraffic: Promise<void> = Promise.resolve();
  #reading: Promise<void> = Promise.resolve();
  /** Ends the reading that is on. */
  #enough = new AbortController();
  /** What was made of each service's earlier answers. */
  readonly #heads = new Map<string, Heads>();
  #clockStepMs = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#counters = new Increments(options.sink, false);
    this.#traffic = new Increments(options.sink, false);
    const { deployment, sink, events, clock, planned, pack } = options;
    const { signal } = this.#stop;
    this.#ofPack =
      pack?.probes?.({
        deployment,
        sink,
        clock,
        load: planned,
        note: (text) => events.event({ kind: "note", text }),
      }) ?? null;
    const prober = this.#ofPack?.ask(signal) ?? runProber({ deployment, sink, clock, signal });
    this.#tasks = [prober, this.#rhythm()];
  }

  /**
   * Reads everything now, and waits for who is slow to answer no longer than a phase may wait.
   * Readings never overlap, so an increment is counted once; one that is on is cut short.
   */
  async readNow(): Promise<void> {
    const traffic = this.countTraffic();
    const before = this.#cutShort(this.#enough);
    await this.#reading;
    before.abort();
    await this.#readInTurn(true);
    await traffic;
  }

  #readInTurn(isBrief = false): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      this.#enough = new AbortController();
      const after = isBrief ? this.#cutShort(this.#enough) : null;
      await this.#readAll();
      after?.abort();
    });
    return this.#reading;
  }

  /**
   * The reading that is on, after as long as a phase may wait; aborting what it returns leaves the
   * reading alone.
   */
  #cutShort(enough: AbortController): AbortController {
    const patience = new AbortController();
    void this.#options.clock.sleep(boundaryMs, patience.signal).then(
      () => enough.abort(),
      () => {},
    );
    return patience;
  }

  /** With the end of the reading as its own. */
  #get(instance: Instance, port: string, path: string): Promise<Answer> {
    return httpGet(instance.endpoint(port), path, {
      timeoutMs: readMs,
      agent: this.#agent,
      signal: this.#enough.signal,
    });
  }

  /**
   * A reading counts for the moment at which it begins. Where nobody can count, there is no sample.
   */
  countTraffic(): Promise<void> {
    this.#countingTraffic = this.#countingTraffic
      .then(async () => {
        const { deployment, clock } = this.#options;
        const atMs = clock.nowMs();
        for (const { link, connections, bytes } of await (deployment.linkTraffic?.() ?? [])) {
          this.#traffic.read("link_connections", { link }, atMs, connections);
          if (bytes !== undefined) this.#traffic.read("link_bytes", { link }, atMs, bytes);
        }
      })
      .catch(() => undefined);
    return this.#countingTraffic;
  }

  /** After the last phase, while the target is still up. */
  async finish(signal: AbortSignal, endedMs: number): Promise<void> {
    await this.#ofPack?.finish({ signal, endedMs, readOnce: () => this.#readInTurn() });
  }

  async #rhythm(): Promise<void> {
    const { clock } = this.#options;
    try {
      for (let round = 1; ; round++) {
        await clock.sleep(everyMs, this.#stop.signal);
        await this.#readInTurn();
        if (round % trafficEveryRounds === 0) await this.countTraffic();
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  async #readAll(): Promise<void> {
    const { deployment } = this.#options;
    this.#watchClock();
    await Promise.all([
      this.#resources(),
      ...deployment.instances.flatMap((instance) =>
        instance.state === "ended"
          ? []
          : instance.service.telemetry.map((telemetry) => this.#read(instance, telemetry)),
      ),
    ]);
    this.#counters.fromZeroNow();
  }

  /**
   * A service that does not answer leaves a gap in its own series; the target may be broken on
   * purpose.
   */
  async #read(instance: Instance, telemetry: Telemetry): Promise<void> {
    try {
      const { clock, sink } = this.#options;
      const monitoring = (port: string): MonitoringReading => ({
        service: instance.service.name,
        get: (path) => this.#get(instance, port, path),
        nowMs: () => clock.nowMs(),
        sink,
      });
      if (isExposed(telemetry)) await this.#prometheus(instance, telemetry);
      else if (isQueried(telemetry)) await readQueries(telemetry, monitoring(telemetry.port));
      else if (isAlerting(telemetry)) await readAlerts(telemetry, monitoring(telemetry.port));
      else await this.#ofPack?.read(this.#readingOf(instance, telemetry));
    } catch {
      // seen as missing samples
    }
  }

  #readingOf(instance: Instance, telemetry: Telemetry): Parameters<PackProbes["read"]>[0] {
    return {
      instance,
      telemetry,
      signal: this.#enough.signal,
      get: (port, path) => this.#get(instance, port, path),
      exposition: (port, path, names) => this.#exposition(instance, port, path, names),
      counter: (metric, tags, atMs, value, life) =>
        this.#counters.read(metric, tags, atMs, value, life),
    };
  }

  async #exposition(
    instance: Instance,
    port: string,
    path: string,
    names: readonly string[],
  ): Promise<Exposition | null> {
    const { pid } = instance;
    const answer = await this.#get(instance, port, path);
    // What one process was asked and the next one stands beside is left for the next reading.
    if (answer.status !== 200 || instance.pid !== pid) return null;
    const atMs = this.#options.clock.nowMs();
    const all = parseExposition(
      answer.body,
      new Set([...names, startTimeSeries]),
      this.#headsOf(instance, [path, ...names].join(" ")),
    );
    const life = lifeOf(instance, all.find(({ name }) => name === startTimeSeries)?.value);
    return { atMs, life, all: all.filter(({ name }) => names.includes(name)) };
  }

  async #prometheus(instance: Instance, { port, path, series, declared }: Exposed): Promise<void> {
    const read = await this.#exposition(instance, port, path, series);
    const { sink } = this.#options;
    const own = ownSamples(read?.all ?? [], instance.service.name, read?.atMs ?? 0);
    for (const { name, labels: tags, value } of own) {
      if (kindOfSeries(name, declared?.[name]) === "increment")
        this.#counters.read(name, tags, read?.atMs ?? 0, value, read?.life ?? "");
      else sink.sample(sink.series({ metric: name, kind: "gauge", tags }), read?.atMs ?? 0, value);
    }
  }

  #headsOf({ service }: Instance, of: string): Heads {
    const key = `${service.name} ${of}`;
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    const fresh: Heads = new Map();
    this.#heads.set(key, fresh);
    return fresh;
  }

  async #resources(): Promise<void> {
    const { deployment, load, clock, sink, harnessCpuSeconds } = this.#options;
    const memory = process.memoryUsage.rss();
    const k6 = load.resources();
    const all: readonly ServiceUsage[] = [
      ...(await deployment.resources()),
      { service: "seawall", cpuSeconds: harnessCpuSeconds(), residentBytes: memory },
      ...(k6 === null ? [] : [{ service: load.name, ...k6 }]),
    ];
    const atMs = clock.nowMs();
    if (k6?.queuedSeconds !== undefined)
      this.#counters.read("cpu_wait_seconds", { service: load.name }, atMs, k6.queuedSeconds);
    for (const [cause, seconds] of Object.entries(deniedSeconds()))
      this.#counters.read("cpu_denied_seconds", { cause }, atMs, seconds);
    const interfaces = movedByInterfaces();
    if (interfaces !== null) {
      this.#counters.read(
        "network_bytes",
        { direction: "received" },
        atMs,
        interfaces.receivedBytes,
      );
      this.#counters.read("network_bytes", { direction: "sent" }, atMs, interfaces.sentBytes);
    }
    for (const {
      service,
      cpuSeconds,
      residentBytes,
      openSockets,
      readBytes,
      writtenBytes,
    } of all) {
      if (readBytes !== undefined)
        this.#counters.read("io_bytes", { service, direction: "read" }, atMs, readBytes);
      if (writtenBytes !== undefined)
        this.#counters.read("io_bytes", { service, direction: "written" }, atMs, writtenBytes);
      this.#counters.read("cpu_seconds", { service }, atMs, cpuSeconds);
      sink.sample(
        sink.series({ metric: "resident_bytes", kind: "gauge", tags: { service } }),
        atMs,
        residentBytes,
      );
      if (openSockets !== undefined)
        sink.sample(
          sink.series({ metric: "open_sockets", kind: "gauge", tags: { service } }),
          atMs,
          openSockets,
        );
    }
  }

  #watchClock(): void {
    const { clock, events } = this.#options;
    const step = wallClockStepMs(clock);
    if (Math.abs(step - this.#clockStepMs) > clockStepMs)
      events.event({ kind: "clockStepped", byMs: step - this.#clockStepMs });
    this.#clockStepMs = step;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([...this.#tasks, this.#reading, this.#countingTraffic]);
    this.#ofPack?.[Symbol.dispose]();
    this.#agent.destroy();
  }
}

/**
 * One for each start of a service: by its process, and by what it says itself, which shows a
 * restart within a group or by somebody else.
 */
function lifeOf({ pid }: Instance, startedSeconds?: number): string {
  return `${pid ?? ""} ${startedSeconds ?? ""}`;
}
