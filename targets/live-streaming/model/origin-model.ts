/**
 * The read origin in the model: the real service's decisions (`decide`, `rank`, the shed curve) in
 * virtual time.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Candidate } from "../stream/candidate.ts";
import { absence, decide } from "../origin/decide.ts";
import { recentIntervalMs } from "../origin/lookup.ts";
import { directivesEveryMs } from "../origin/read-from-store.ts";
import { admittedPriorityMax, dvrPriority, priorities } from "../origin/shedding.ts";
import { dvrWindowSegments } from "../stream/event.ts";
import { isLive, publishAtMs } from "../stream/template.ts";
import { type Answer, type SegmentRequest, leafOf } from "./request.ts";
import { calibration, draw } from "./calibration.ts";
import { ChunkReading } from "./chunk-reading.ts";
import { type Feed, follow } from "./feed-model.ts";
import { Lookups } from "./lookup-model.ts";
import { Opening } from "./opening-model.ts";
import { OriginMemory } from "./origin-memory.ts";
import type { Stores } from "./store-model.ts";
import { TimedStore } from "./timed-store.ts";
import { streamOf } from "../pack/stream/stream.ts";

const servedTtlMs = 600_000,
  flaggedTtlMs = 1_000,
  goneTtlMs = 60_000,
  unknownTtlMs = 60_000;

type Tell = (answer: Answer) => void;

export class OriginReader {
  readonly node: ModelNode;
  readonly #simulation: Simulation;
  readonly #memory: OriginMemory;
  readonly #store: TimedStore;
  readonly #lookups: Lookups;
  readonly #opening: Opening;
  /** The own region's pipeline first, because its chunks are in the local cache. */
  readonly #pipelines: readonly string[];

  constructor(
    node: ModelNode,
    simulation: Simulation,
    stores: Stores,
    pipelines: readonly string[],
    feeds: readonly Feed[],
  ) {
    this.node = node;
    this.#simulation = simulation;
    this.#pipelines = pipelines;
    this.#memory = new OriginMemory(node, simulation);
    this.#store = new TimedStore(node, simulation, stores);
    this.#lookups = new Lookups(node, simulation, this.#store);
    this.#opening = new Opening(
      simulation,
      this.#memory,
      new ChunkReading(node, simulation, stores, this.#store),
      pipelines,
    );
    for (const lane of ["live", "dvr"])
      simulation.count("origin_requests_total", { service: node.name, lane, outcome: "shed" }, 0);
    simulation.count("origin_chunks_total", { service: node.name, from: "store" }, 0);
    const memory = this.#memory;
    node.onReady(() => {
      for (const feed of feeds) follow(node, simulation, feed, memory);
      this.#followDirectives();
    });
  }

  get(asked: SegmentRequest, reply: Tell): void {
    const nowMs = this.#simulation.nowMs();
    const exists = streamOf(this.#simulation.layout).renditions.some(
      ({ name }) => name === asked.rendition,
    );
    const lane = !exists ? "junk" : isLive(asked.number, nowMs) ? "live" : "dvr";
    const tell: Tell = (answer) => {
      this.#simulation.count(
        "origin_requests_total",
        { service: this.node.name, lane, outcome: outcomeOf(answer) },
        1,
      );
      reply(answer);
    };
    if (!exists) {
      tell(this.#not(404, "unknown", unknownTtlMs));
      return;
    }
    const priority = lane === "live" ? priorities.live : dvrPriority(asked.rendition, asked.number);
    if (
      this.#simulation.enabled("priorityShedding") &&
      priority > admittedPriorityMax(this.#store.slowness())
    ) {
      tell({ status: 503, answer: "shed", ttlMs: null });
      return;
    }
    this.node.after(draw(calibration.originWork, this.#simulation), () =>
      this.#answer(asked, tell),
    );
  }

  #answer(asked: SegmentRequest, tell: Tell): void {
    if (this.#simulation.enabled("metadataCache"))
      this.#decide(asked, this.#memory.candidates(asked), tell);
    else this.#lookUp(asked, (found) => this.#decide(asked, found, tell));
  }

  #decide(asked: SegmentRequest, candidates: readonly Candidate[], tell: Tell): void {
    const nowMs = this.#simulation.nowMs();
    const mayImprove =
      this.#simulation.enabled("candidateSelection") && candidates.length < this.#pipelines.length;
    const decision = decide({
      number: asked.number,
      nowMs,
      candidates,
      mayHold: this.#simulation.enabled("holdOpen"),
      mayImprove,
      dvrWindowSegments,
      isOver: this.#memory.isOver(asked.number),
    });
    if (this.#simulation.enabled("metadataCache") && decision.kind !== "lookUp")
      this.#lookups.count("memory");
    switch (decision.kind) {
      case "serve":
        this.#serve(asked, decision.candidates, tell);
        return;
      case "early":
        tell(this.#not(404, "early", decision.ttlMs));
        return;
      case "gone":
        tell(this.#not(410, "gone", goneTtlMs));
        return;
      case "hold":
        this.#hold(asked, decision.untilMs, tell);
        return;
      case "await":
        this.#memory.wait(asked, decision.untilMs, () => this.#answer(asked, tell));
        return;
      case "lookUp":
        this.#lookUp(asked, (found) => this.#found(asked, found, tell));
    }
  }

  #not(status: 404 | 410, answer: string, ttlMs: number): Answer {
    return { status, answer, ttlMs: this.#simulation.enabled("negativeCache") ? ttlMs : null };
  }

  #found(asked: SegmentRequest, found: readonly Candidate[], tell: Tell): void {
    const absent = absence(asked.number, this.#simulation.nowMs());
    if (found.length > 0) this.#serve(asked, found, tell);
    else
      tell(
        absent.kind === "gone"
          ? this.#not(410, "gone", goneTtlMs)
          : this.#not(404, "missing", absent.ttlMs),
      );
  }

  /** Until the segment is due, only the feed is used. After that the store is polled. */
  #hold(asked: SegmentRequest, untilMs: number, tell: Tell): void {
    const nowMs = this.#simulation.nowMs();
    if (nowMs >= untilMs) {
      this.#found(asked, [], tell);
      return;
    }
    const askStoreAtMs = publishAtMs(asked.number) + recentIntervalMs;
    this.#memory.wait(
      asked,
      nowMs < askStoreAtMs ? askStoreAtMs : Math.min(untilMs, nowMs + recentIntervalMs),
      (heard) => {
        if (heard) this.#answer(asked, tell);
        else
          this.#lookUp(asked, (found) =>
            found.length > 0 ? this.#answer(asked, tell) : this.#hold(asked, untilMs, tell),
          );
      },
    );
  }

  /** What the store returns is known from then on. */
  #lookUp(asked: SegmentRequest, found: (candidates: readonly Candidate[]) => void): void {
    this.#lookups.find(asked, (row) => {
      for (const candidate of row ?? [])
        this.#memory.addPublication({ ...leafOf(asked), ...candidate });
      found(
        this.#memory.candidates(
          asked,
          this.#simulation.enabled("metadataCache") ? undefined : (row ?? []),
        ),
      );
    });
  }

  #serve(asked: SegmentRequest, candidates: readonly Candidate[], tell: Tell): void {
    this.#opening.open(asked, candidates, (served) => {
      if (served === null) tell({ status: 502, answer: "unreadable", ttlMs: null });
      else
        tell({
          status: 200,
          answer: "",
          ttlMs: served.defects.length > 0 ? flaggedTtlMs : servedTtlMs,
          served,
        });
    });
  }

  #followDirectives(): void {
    this.#store.readDirectives((directives) => {
      for (const directive of directives ?? []) this.#memory.applyDirective(directive);
    });
    this.node.after(directivesEveryMs, () => this.#followDirectives());
  }
}

/** As the real origin counts it. */
function outcomeOf({ status, answer }: Answer): string {
  return status === 200
    ? "served"
    : status === 404
      ? "not_found"
      : status === 410
        ? "gone"
        : answer === "shed"
          ? "shed"
          : "failed";
}
