/**
 * The probes of a stream in virtual time: the prober at its edges, modelled players, event
 * reconciliation.
 */
import type { VirtualContext, VirtualProbes } from "../../../../harness/target/pack-virtual.ts";
import { type Stream, streamOf } from "../stream/stream.ts";
import { ModelledPlayers } from "../players/modelled.ts";
import { reconcileEvents } from "./event-reconciliation.ts";
import { newestDue, type ProbeRequest, probeRequests } from "./probe-schedule.ts";

/**
 * Like the real prober, it asks again for a segment that does not exist yet, as long as a viewer at
 * the live edge would.
 */
const retryMs = 250,
  patienceMs = 4_000;

export class VirtualStreamProbes implements VirtualProbes {
  readonly #context: VirtualContext;
  readonly #stream: Stream;
  readonly #asksPast: boolean;
  readonly #players: ModelledPlayers;
  readonly #canaries = new Map<string, number>();
  #over = false;

  constructor(context: VirtualContext) {
    this.#context = context;
    this.#stream = streamOf(context.layout);
    this.#asksPast = context.load.some(({ lane }) => lane === "dvr");
    this.#players = new ModelledPlayers(context);
    this.#askAll(newestDue(this.#stream, context.clock.nowMs()) + 1);
  }

  phaseBegan(phase: string): void {
    this.#players.phaseBegan(phase);
  }

  /** A model keeps no bytes, so there is no read-back. Event counters it may have. */
  async finish(endedMs: number): Promise<void> {
    const { instances, sink } = this.#context;
    this.#players.leave();
    await reconcileEvents(instances, sink, endedMs - 1);
  }

  stop(): void {
    this.#over = true;
    this.#players.leave();
  }

  /** All requests from the moment at which this segment is due until the next is. */
  #askAll(number: number): void {
    const { clock, layout, random } = this.#context;
    if (this.#over) return;
    for (const { service } of layout.entries) {
      for (const wish of probeRequests(this.#stream, number, this.#asksPast, random))
        clock.after(Math.max(0, wish.atMs - clock.nowMs()), () => this.#ask(service, wish));
    }
    const { availabilityStartMs, segmentMs } = this.#stream;
    clock.after(availabilityStartMs + (number + 2) * segmentMs - clock.nowMs(), () =>
      this.#askAll(number + 1),
    );
  }

  #ask(edge: string, wish: ProbeRequest): void {
    const { clock, sink, model } = this.#context;
    if (this.#over) return;
    const askedMs = clock.nowMs();
    const { lane, rendition, number } = wish;
    sink.sample(sink.series({ metric: "canary_late_ms", kind: "duration", tags: {} }), askedMs, 0);
    model.probe(edge, { rendition, number }, (outcome) => {
      if (this.#over) return;
      sink.sample(this.#series(edge, lane, outcome), clock.nowMs(), clock.nowMs() - askedMs);
      if (outcome === "404" && clock.nowMs() + retryMs < wish.atMs + patienceMs)
        clock.after(retryMs, () => this.#ask(edge, wish));
    });
  }

  #series(edge: string, lane: string, outcome: string): number {
    const key = `${edge} ${lane} ${outcome}`;
    const known =
      this.#canaries.get(key) ??
      this.#context.sink.series({
        metric: "canary_ms",
        kind: "duration",
        tags: { entry: edge, lane, outcome },
      });
    this.#canaries.set(key, known);
    return known;
  }
}
