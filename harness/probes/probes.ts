/** Everything that the harness itself reads while a run goes on, on one rhythm, and once more at each phase boundary. */
import { Agent } from "node:http";
import { sinkBooks } from "../core/books.ts";
import type { Clock, Deployment, EventSink, Instance, RunningLoad, SampleSink, ServiceUsage } from "../core/ports.ts";
import { kindOfSeries } from "../core/registry.ts";
import type { Telemetry } from "../core/target.ts";
import { wallClockStepMs } from "../system/clock.ts";
import { type Answer, httpGet } from "../system/network.ts";
import { deniedSeconds } from "../system/starvation.ts";
import { movedByInterfaces } from "../system/traffic.ts";
import { runCanary } from "./canary.ts";
import { type Delivery, sinkDeliveries } from "./delivered.ts";
import { acknowledged } from "./durability.ts";
import { type JournalEntry, parseJournal, sinkJournal } from "./journal.ts";
import { readBack } from "./read-back.ts";
import { runProber } from "./prober.ts";
import { type Heads, Increments, parseExposition, startTimeSeries } from "./prometheus.ts";
import { originGetsOf, VarnishReader, varnishstatLoop } from "./varnish.ts";

const everyMs = 2_000;
const readMs = 3_000;
/** A phase begins late by so much at most: who says nothing by then is read by the next reading, and has a gap until then. */
const boundaryMs = 500;
/** A closed connection is in the system's tables for a minute, so traffic on links need not be counted as often as the rest is read. */
const trafficEveryRounds = 5;
/** Less than this is the clock's own discipline at work (slewing), more is somebody setting the time. */
const clockStepMs = 50;

export interface ProbeOptions {
  readonly deployment: Deployment;
  readonly load: RunningLoad;
  readonly sink: SampleSink;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly harnessCpuSeconds: () => number;
  /** Whether viewers of this run ask for the past, so that the prober does, too. */
  readonly asksPast: boolean;
}

export class RunningProbes implements AsyncDisposable {
  readonly #options: ProbeOptions;
  readonly #stop = new AbortController();
  readonly #agent = new Agent({ keepAlive: true });
  readonly #counters: Increments;
  readonly #journals = new Map<string, number>();
  readonly #published: JournalEntry[] = [];
  readonly #deliveries: Delivery[] = [];
  readonly #varnishes = new Map<string, VarnishReader>();
  readonly #tasks: Promise<void>[];
  /** From the first reading on, which is that of the lead-in: what passed while the target came up is no traffic of the run. */
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
    const { deployment, sink, clock } = options;
    const { signal } = this.#stop;
    const prober = deployment.layout.stream === undefined ? runProber({ deployment, sink, clock, signal })
      : runCanary({ deployment, sink, clock, signal, asksPast: options.asksPast, delivered: (delivery) => { this.#deliveries.push(delivery); } });
    this.#tasks = [prober, this.#rhythm()];
  }

  /**
   * Reads everything now, and waits for who is slow to answer no longer than a phase may wait. Readings never overlap, so an increment is
   * counted once; one that is on is cut short.
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

  /** The reading that is on, after as long as a phase may wait; aborting what it returns leaves the reading alone. */
  #cutShort(enough: AbortController): AbortController {
    const patience = new AbortController();
    void this.#options.clock.sleep(boundaryMs, patience.signal).then(() => enough.abort(), () => {});
    return patience;
  }

  /** With the end of the reading as its own. */
  #get(instance: Instance, port: string, path: string): Promise<Answer> {
    return httpGet(instance.endpoint(port), path, { timeoutMs: readMs, agent: this.#agent, signal: this.#enough.signal });
  }

  /** A reading counts for the moment at which it begins. Where nobody can count, there is no sample. */
  countTraffic(): Promise<void> {
    this.#countingTraffic = this.#countingTraffic.then(async () => {
      const { deployment, clock } = this.#options;
      const atMs = clock.nowMs();
      for (const { link, connections, bytes } of await (deployment.linkTraffic?.() ?? [])) {
        this.#traffic.read("link_connections", { link }, atMs, connections);
        if (bytes !== undefined) this.#traffic.read("link_bytes", { link }, atMs, bytes);
      }
    }).catch(() => undefined);
    return this.#countingTraffic;
  }

  /** After the last phase, while the target is still up: compares what edges delivered with what was published, and reads back what was acknowledged. */
  async finish(signal: AbortSignal, endedMs: number): Promise<void> {
    const { deployment, sink, clock, events } = this.#options;
    await sinkBooks(deployment.instances, sink, endedMs - 1);
    if (deployment.instances.some(({ service }) => service.telemetry.some(({ kind }) => kind === "journal"))) {
      // The journals' last word.
      await this.#readInTurn();
      sinkDeliveries(this.#deliveries, this.#published, sink);
    }
    if (deployment.layout.readBack === undefined) return;
    const startedMs = clock.monotonicMs();
    const { intact, missing, different, unread } = await readBack(acknowledged(this.#published), { deployment, sink, clock }, signal);
    const seconds = ((clock.monotonicMs() - startedMs) / 1000).toFixed(1);
    events.event({ kind: "note", text: `acknowledged segments read back in ${seconds} s: ${intact} intact, ${missing} missing, ${different} different, ${unread} unread` });
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
      ...deployment.instances.flatMap((instance) => (instance.state === "ended" ? [] : instance.service.telemetry.map((telemetry) => this.#read(instance, telemetry)))),
    ]);
    this.#counters.fromZeroNow();
  }

  /** A service that does not answer leaves a gap in its own series; the target may be broken on purpose. */
  async #read(instance: Instance, telemetry: Telemetry): Promise<void> {
    try {
      if (telemetry.kind === "prometheus") await this.#prometheus(instance, telemetry);
      else if (telemetry.kind === "varnish") await this.#varnish(instance, telemetry);
      else if (telemetry.kind === "originGets") await this.#originGets(instance, telemetry);
      else if (telemetry.kind === "journal") await this.#journal(instance, telemetry);
    } catch {
      // seen as missing samples
    }
  }

  async #prometheus(instance: Instance, telemetry: Telemetry & { kind: "prometheus" }): Promise<void> {
    const { pid } = instance;
    const answer = await this.#get(instance, telemetry.port, telemetry.path);
    // What one process was asked and the next one stands beside is left for the next reading.
    if (answer.status !== 200 || instance.pid !== pid) return;
    const atMs = this.#options.clock.nowMs();
    const all = parseExposition(answer.body, new Set([...telemetry.series, startTimeSeries]), this.#headsOf(instance, telemetry.path));
    const life = lifeOf(instance, all.find(({ name }) => name === startTimeSeries)?.value);
    for (const { name, labels, value } of all) {
      if (!telemetry.series.includes(name)) continue;
      const tags = { ...labels, service: instance.service.name };
      if (kindOfSeries(name, telemetry.declared?.[name]) === "increment") this.#counters.read(name, tags, atMs, value, life);
      else this.#options.sink.sample(this.#options.sink.series({ metric: name, kind: "gauge", tags }), atMs, value);
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

  async #originGets(instance: Instance, telemetry: Telemetry & { kind: "originGets" }): Promise<void> {
    const { pid } = instance;
    const answer = await this.#get(instance, telemetry.port, telemetry.path);
    if (answer.status !== 200 || instance.pid !== pid) return;
    const atMs = this.#options.clock.nowMs();
    const wanted = new Set(["edge_origin_gets_total", startTimeSeries]);
    const all = parseExposition(answer.body, wanted, this.#headsOf(instance, `originGets ${telemetry.path}`));
    const life = lifeOf(instance, all.find(({ name }) => name === startTimeSeries)?.value);
    for (const { name, labels, value } of all) {
      if (name !== startTimeSeries) this.#counters.read("origin_gets", { ...labels, edge: instance.service.name }, atMs, value, life);
    }
  }

  async #varnish(instance: Instance, telemetry: Telemetry & { kind: "varnish" }): Promise<void> {
    const { pid } = instance;
    const reader = await this.#varnishOf(instance, telemetry.workDirectory);
    // An answer that comes after this reading must not be taken for that of the next.
    const tooLate = (): void => reader?.[Symbol.dispose]();
    const { signal } = this.#enough;
    signal.addEventListener("abort", tooLate, { once: true });
    const reading = await reader?.read().finally(() => signal.removeEventListener("abort", tooLate)) ?? null;
    if (reading === null || instance.pid !== pid) return;
    const atMs = this.#options.clock.nowMs();
    for (const { requests, ...tags } of originGetsOf(reading.counts)) {
      this.#counters.read("origin_gets", { ...tags, edge: instance.service.name }, atMs, requests, reading.life);
    }
    if (reading.asked !== null) this.#counters.read("edge_requests", { edge: instance.service.name }, atMs, reading.asked, reading.life);
  }

  /** A reader that failed is replaced by the next one. */
  async #varnishOf(instance: Instance, workDirectory: string): Promise<VarnishReader | null> {
    const { name } = instance.service;
    const known = this.#varnishes.get(name);
    if (known?.usable === true) return known;
    known?.[Symbol.dispose]();
    this.#varnishes.delete(name);
    const shell = await instance.companion?.((place) => varnishstatLoop(place, workDirectory));
    if (shell === undefined) return null;
    const fresh = new VarnishReader(shell);
    this.#varnishes.set(name, fresh);
    return fresh;
  }

  async #journal(instance: Instance, telemetry: Telemetry & { kind: "journal" }): Promise<void> {
    const after = this.#journals.get(instance.service.name) ?? 0;
    const answer = await this.#get(instance, telemetry.port, `${telemetry.path}?after=${after}`);
    if (answer.status !== 200) return;
    const entries = parseJournal(answer.body, after);
    const [first] = entries;
    this.#journals.set(instance.service.name, entries.at(-1)?.seq ?? after);
    sinkJournal(entries, instance.service.region, this.#options.sink);
    this.#published.push(...entries);
    // What the journal had forgotten before it was read may have been acknowledged, and cannot be looked for.
    if (first !== undefined && first.seq > after + 1) {
      this.#options.sink.sample(this.#options.sink.series({ metric: "durable_unread", kind: "event", tags: { pipeline: first.pipeline } }), first.atMs, 1);
    }
  }

  async #resources(): Promise<void> {
    const { deployment, load, clock, sink, harnessCpuSeconds } = this.#options;
    const memory = process.memoryUsage.rss();
    const k6 = load.resources();
    const all: readonly ServiceUsage[] = [...(await deployment.resources()), { service: "seawall", cpuSeconds: harnessCpuSeconds(), residentBytes: memory }, ...(k6 === null ? [] : [{ service: load.name, ...k6 }])];
    const atMs = clock.nowMs();
    if (k6?.queuedSeconds !== undefined) this.#counters.read("cpu_wait_seconds", { service: load.name }, atMs, k6.queuedSeconds);
    for (const [cause, seconds] of Object.entries(deniedSeconds())) this.#counters.read("cpu_denied_seconds", { cause }, atMs, seconds);
    const interfaces = movedByInterfaces();
    if (interfaces !== null) {
      this.#counters.read("network_bytes", { direction: "received" }, atMs, interfaces.receivedBytes);
      this.#counters.read("network_bytes", { direction: "sent" }, atMs, interfaces.sentBytes);
    }
    for (const { service, cpuSeconds, residentBytes, openSockets, readBytes, writtenBytes } of all) {
      if (readBytes !== undefined) this.#counters.read("io_bytes", { service, direction: "read" }, atMs, readBytes);
      if (writtenBytes !== undefined) this.#counters.read("io_bytes", { service, direction: "written" }, atMs, writtenBytes);
      this.#counters.read("cpu_seconds", { service }, atMs, cpuSeconds);
      sink.sample(sink.series({ metric: "resident_bytes", kind: "gauge", tags: { service } }), atMs, residentBytes);
      if (openSockets !== undefined) sink.sample(sink.series({ metric: "open_sockets", kind: "gauge", tags: { service } }), atMs, openSockets);
    }
  }

  #watchClock(): void {
    const { clock, events } = this.#options;
    const step = wallClockStepMs(clock);
    if (Math.abs(step - this.#clockStepMs) > clockStepMs) events.event({ kind: "clockStepped", byMs: step - this.#clockStepMs });
    this.#clockStepMs = step;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled([...this.#tasks, this.#reading, this.#countingTraffic]);
    for (const varnish of this.#varnishes.values()) varnish[Symbol.dispose]();
    this.#agent.destroy();
  }
}

/** One for each start of a service: by its process, and by what it says itself, which shows a restart within a group or by somebody else. */
function lifeOf({ pid }: Instance, startedSeconds?: number): string {
  return `${pid ?? ""} ${startedSeconds ?? ""}`;
}
