/**
 * The probes of a stream under test: the prober at its edges, its caches' counters, its packagers'
 * journals.
 */
import type {
  Ending,
  PackProbes,
  ProbeContext,
  Reading,
} from "../../../../harness/target/pack-probes.ts";
import type { Instance } from "../../../../harness/target/deployment.ts";
import { reconcileEvents } from "./event-reconciliation.ts";
import { runProber } from "./prober.ts";
import { type Delivery, sinkDeliveries } from "./delivered.ts";
import { acknowledged } from "./durability.ts";
import { type JournalEntry, parseJournal, sinkJournal } from "./journal.ts";
import { readBack } from "./read-back.ts";
import { originGetsOf, VarnishReader, varnishstatLoop } from "./varnish.ts";
import { streamOf } from "../stream/stream.ts";
import type { StreamLayout } from "../stream/stream-layout.ts";
import type { StreamTelemetry } from "../telemetry.ts";

type Of<K extends StreamTelemetry["kind"]> = StreamTelemetry & { readonly kind: K };

export class StreamProbes implements PackProbes {
  readonly #context: ProbeContext;
  /** The last entry that was read of each journal. */
  readonly #journals = new Map<string, number>();
  readonly #published: JournalEntry[] = [];
  readonly #deliveries: Delivery[] = [];
  readonly #varnishes = new Map<string, VarnishReader>();

  constructor(context: ProbeContext) {
    this.#context = context;
  }

  ask(signal: AbortSignal): Promise<void> {
    const { deployment, sink, clock, load, note, content } = this.#context;
    const delivered = (delivery: Delivery): void => {
      this.#deliveries.push(delivery);
    };
    return runProber({
      deployment,
      sink,
      clock,
      signal,
      note,
      isAllowed: this.#context.isAllowed,
      ...(content === undefined ? {} : { stream: streamOf({ content }) }),
      asksPast: load.some(({ lane }) => lane === "dvr"),
      delivered,
    });
  }

  async read(reading: Reading): Promise<void> {
    const telemetry = reading.telemetry as StreamTelemetry;
    if (telemetry.kind === "varnish") await this.#varnish(reading, telemetry);
    else if (telemetry.kind === "originGets") await originGets(reading, telemetry);
    else if (telemetry.kind === "journal") await this.#journal(reading, telemetry);
  }

  /**
   * Reconciles event counters, compares delivered with published segments, and reads back what was
   * acknowledged.
   */
  async finish({ signal, endedMs, readOnce }: Ending): Promise<void> {
    const { deployment, sink, clock, note } = this.#context;
    await reconcileEvents(deployment.instances, sink, endedMs - 1);
    if (
      deployment.instances.some(({ service }) =>
        service.telemetry.some(({ kind }) => kind === "journal"),
      )
    ) {
      // The last entries of the journals.
      await readOnce();
      sinkDeliveries(this.#deliveries, this.#published, sink);
    }
    if ((deployment.layout as StreamLayout).readBack === undefined) return;
    const startedMs = clock.monotonicMs();
    const found = await readBack(
      acknowledged(this.#published),
      { deployment, sink, clock },
      signal,
    );
    const seconds = ((clock.monotonicMs() - startedMs) / 1000).toFixed(1);
    const { intact, missing, different, unread } = found;
    note(
      `acknowledged segments read back in ${seconds} s: ${intact} intact, ${missing} ` +
        `missing, ${different} different, ${unread} unread`,
    );
  }

  async #varnish(
    { instance, signal, counter }: Reading,
    { workDirectory }: Of<"varnish">,
  ): Promise<void> {
    const { pid } = instance;
    const reader = await this.#varnishOf(instance, workDirectory);
    // A late answer to this reading must not be taken for that of the next.
    const tooLate = (): void => reader?.[Symbol.dispose]();
    signal.addEventListener("abort", tooLate, { once: true });
    const counted =
      (await reader?.read().finally(() => signal.removeEventListener("abort", tooLate))) ?? null;
    if (counted === null || instance.pid !== pid) return;
    const atMs = this.#context.clock.nowMs();
    for (const { requests, ...tags } of originGetsOf(counted.counts)) {
      counter(
        "origin_gets",
        { ...tags, entry: instance.service.name },
        atMs,
        requests,
        counted.life,
      );
    }
    if (counted.asked !== null)
      counter("edge_requests", { entry: instance.service.name }, atMs, counted.asked, counted.life);
  }

  /** The next reader replaces one that failed. */
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

  async #journal({ instance, get }: Reading, { port, path }: Of<"journal">): Promise<void> {
    const { sink } = this.#context;
    const after = this.#journals.get(instance.service.name) ?? 0;
    const answer = await get(port, `${path}?after=${after}`);
    if (answer.status !== 200) return;
    const entries = parseJournal(answer.body, after);
    const [first] = entries;
    this.#journals.set(instance.service.name, entries.at(-1)?.seq ?? after);
    sinkJournal(entries, instance.service.region, sink);
    this.#published.push(...entries);
    // Entries that left the journal before it was read may have been acknowledged, and cannot be
    // looked for.
    if (first !== undefined && first.seq > after + 1) {
      sink.sample(
        sink.series({
          metric: "durable_unread",
          kind: "event",
          tags: { pipeline: first.pipeline },
        }),
        first.atMs,
        1,
      );
    }
  }

  [Symbol.dispose](): void {
    for (const varnish of this.#varnishes.values()) varnish[Symbol.dispose]();
  }
}

async function originGets(
  { instance, exposition, counter }: Reading,
  { port, path }: Of<"originGets">,
): Promise<void> {
  const read = await exposition(port, path, ["edge_origin_gets_total"]);
  if (read === null) return;
  for (const { labels, value } of read.all) {
    counter(
      "origin_gets",
      { ...labels, entry: instance.service.name },
      read.atMs,
      value,
      read.life,
    );
  }
}
