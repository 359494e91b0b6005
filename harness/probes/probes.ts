/**
 * Everything that the harness reads during a run: at regular intervals, and at each phase boundary.
 */
import { Agent } from "node:http";
import type { Load } from "../experiment/experiment.ts";
import type { Pack } from "../target/pack.ts";
import type { Exposition, PackProbes } from "../target/pack-probes.ts";
import type { Clock, Deployment, Instance, ServiceUsage } from "../target/deployment.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { RunningLoad } from "../load/generator.ts";
import type { Registry } from "../metrics/metrics.ts";
import type { SampleSink } from "../metrics/samples.ts";
import { kindOfSeries } from "../record/metric-registry.ts";
import {
  type Exposed,
  isAlerting,
  isAlertWebhook,
  type AlertWebhook,
  isExposed,
  isQueried,
  type Telemetry,
} from "../target/layout.ts";
import { wallClockStepMs } from "../system/clock.ts";
import { type Answer, httpGet } from "../system/network.ts";
import { deniedSeconds } from "../system/starvation.ts";
import { movedByInterfaces } from "../system/traffic.ts";
import { AlertWebhookReceiver } from "./alert-webhook.ts";
import { type MonitoringReading, readAlerts, readQueries } from "./monitoring.ts";
import { runProber } from "./prober.ts";
import {
  differs,
  type Heads,
  Increments,
  ownSamples,
  type ExposedSample,
  parseExposition,
  startTimeSeries,
} from "./prometheus.ts";
import { Unlisted, unlistedMax } from "./unlisted.ts";

const everyMs = 2_000;
const readMs = 3_000;
/**
 * The greatest delay of a phase. A service without an answer by then is read at the next reading,
 * with a gap in between.
 */
const boundaryMs = 500;
/**
 * A closed connection stays in the system's tables for a minute, so link traffic is read less often
 * than the rest.
 */
const trafficEveryRounds = 5;
/**
 * A smaller step is the clock's regular discipline (slewing); a larger one means that the time was
 * set.
 */
const clockStepMs = 50;

export interface ProbeOptions {
  readonly deployment: Deployment;
  readonly sink: SampleSink;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly harnessCpuSeconds: () => number;
  readonly load: RunningLoad;
  /** The loads of the plan. */
  readonly planned: readonly Load[];
  /** Every metric that this run can contain, by name. */
  readonly metrics: Registry;
  /** The target's pack, which reads what is specific to its kind. */
  readonly pack?: Pack | undefined;
  /** What the target serves, where that was read after deployment. */
  readonly content?: object | undefined;
  /** Whether traffic may go to a host that the content names. */
  readonly isAllowed?: ((host: string) => boolean) | undefined;
}

export class RunningProbes implements AsyncDisposable {
  readonly #options: ProbeOptions;
  readonly #stop = new AbortController();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #counters: Increments;
  readonly #ofPack: PackProbes | null;
  readonly #tasks: Promise<void>[];
  /**
   * Counts from the first reading, in the lead-in: traffic during the start of the target is not
   * part of the run.
   */
  readonly #traffic: Increments;
  #countingTraffic: Promise<void> = Promise.resolve();
  #reading: Promise<void> = Promise.resolve();
  /** Aborts the current reading. */
  #enough = new AbortController();
  /** Parsed line heads of each service's earlier answers. */
  readonly #heads = new Map<string, Heads>();
  readonly #unlisted = new Map<string, Unlisted>();
  /** The last answer of each service. */
  readonly #texts = new Map<string, string>();
  #clockStepMs = 0;
  readonly #webhooks = new Map<AlertWebhook, AlertWebhookReceiver>();

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#counters = new Increments(options.sink, false);
    this.#traffic = new Increments(options.sink, false);
    const { deployment, sink, events, clock, planned, pack, content, isAllowed } = options;
    const { signal } = this.#stop;
    this.#ofPack =
      pack?.probes?.({
        deployment,
        content,
        isAllowed,
        sink,
        clock,
        load: planned,
        note: (text) => events.event({ kind: "note", text }),
      }) ?? null;
    const prober = this.#ofPack?.ask(signal) ?? runProber({ deployment, sink, clock, signal });
    this.#tasks = [prober, this.#rhythm()];
  }

  /** Rejects if a port is taken. */
  async listen(): Promise<void> {
    const { deployment, sink } = this.#options;
    for (const { service } of deployment.instances)
      for (const telemetry of service.telemetry.filter(isAlertWebhook)) {
        const receiver = new AlertWebhookReceiver(service.name, telemetry, sink);
        this.#webhooks.set(telemetry, receiver);
        await receiver.listen();
      }
  }

  /**
   * Reads everything now, and waits for slow services no longer than a phase may wait. Readings
   * never overlap, so an increment is counted once; a current reading is cut short.
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
   * Aborts the current reading after the greatest delay of a phase; aborting the returned
   * controller cancels that.
   */
  #cutShort(enough: AbortController): AbortController {
    const patience = new AbortController();
    void this.#options.clock.sleep(boundaryMs, patience.signal).then(
      () => enough.abort(),
      () => {},
    );
    return patience;
  }

  /** Also aborts at the end of the reading. */
  #get(instance: Instance, port: string, path: string): Promise<Answer> {
    return httpGet(instance.endpoint(port), path, {
      timeoutMs: readMs,
      agent: this.#agent,
      signal: this.#enough.signal,
    });
  }

  /**
   * A reading counts for the moment at which it begins. Without a source of counts there is no
   * sample.
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

  /** Called after the last phase, while the target is still up. */
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
      else if (isAlertWebhook(telemetry)) this.#webhooks.get(telemetry)?.read(clock.nowMs());
      else await this.#ofPack?.read(this.#readingOf(instance, telemetry));
    } catch {
      // shows as missing samples
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
    unlisted?: Unlisted,
  ): Promise<Exposition | null> {
    const { pid } = instance;
    const answer = await this.#get(instance, port, path);
    // A restart between request and answer: the new process is read at the next reading.
    if (answer.status !== 200 || instance.pid !== pid) return null;
    const atMs = this.#options.clock.nowMs();
    this.#noteChange(instance, path, answer.body, atMs);
    const all = parseExposition(
      answer.body,
      new Set([...names, startTimeSeries]),
      this.#headsOf(instance, [path, ...names].join(" ")),
      unlisted,
    );
    const life = lifeOf(instance, all.find(({ name }) => name === startTimeSeries)?.value);
    const isAsked = ({ name }: ExposedSample): boolean =>
      name !== startTimeSeries || names.includes(name);
    return { atMs, life, all: all.filter(isAsked) };
  }

  async #prometheus(instance: Instance, { port, path, series, declared }: Exposed): Promise<void> {
    const read = await this.#exposition(instance, port, path, series, this.#unlistedOf(instance));
    const { sink } = this.#options;
    const own = ownSamples(read?.all ?? [], instance.service.name, read?.atMs ?? 0);
    for (const { name, labels: tags, value } of own) {
      if (kindOfSeries(name, declared?.[name]) === "increment")
        this.#counters.read(name, tags, read?.atMs ?? 0, value, read?.life ?? "");
      else sink.sample(sink.series({ metric: name, kind: "gauge", tags }), read?.atMs ?? 0, value);
    }
  }

  #unlistedOf({ service: { name } }: Instance): Unlisted {
    const known = this.#unlisted.get(name);
    if (known !== undefined) return known;
    const { metrics, events } = this.#options;
    const text =
      `${name} exposes more than ${unlistedMax} series that its target does not list: ` +
      "the others are not recorded";
    const fresh = new Unlisted(metrics, () => events.event({ kind: "note", text }));
    this.#unlisted.set(name, fresh);
    return fresh;
  }

  /**
   * A text without changes for a long time is a signal of its own, whichever series are requested.
   */
  #noteChange({ service }: Instance, path: string, text: string, atMs: number): void {
    const key = `${service.name} ${path}`;
    const before = this.#texts.get(key);
    this.#texts.set(key, text);
    if (before === undefined) return;
    const { sink } = this.#options;
    const tags = { service: service.name };
    sink.sample(
      sink.series({ metric: "exposition_changed", kind: "gauge", tags }),
      atMs,
      differs(text, before) ? 1 : 0,
    );
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
    for (const receiver of this.#webhooks.values()) receiver[Symbol.dispose]();
    this.#agent.destroy();
  }
}

/**
 * Differs for each start of a service: by its process, and by the start time that it reports. The
 * latter shows a restart within a group or by a third party.
 */
function lifeOf({ pid }: Instance, startedSeconds?: number): string {
  return `${pid ?? ""} ${startedSeconds ?? ""}`;
}
