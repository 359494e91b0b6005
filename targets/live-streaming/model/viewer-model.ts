/**
 * Viewers as in the k6 workloads `viewers`, `rewind` and `rewatch`: groups at the live edge, others
 * in the past.
 */
import type { Iteration, Simulation } from "../../../harness/target/model.ts";
import { drawOf, pickOf, someOf } from "./random-draws.ts";
import { fetchSegment, type Watched, type Wish } from "./fetch-model.ts";
import { streamOf } from "../pack/stream/stream.ts";

/** The workloads' constants. */
export const liveDeadlineMs = 4_000,
  dvrDeadlineMs = 8_000;
const bunchMs = 400,
  dvrFromSegments = 8,
  rewatchFarthest = 12,
  rewatchNearest = 9;

export class Viewers {
  readonly #simulation: Simulation;
  readonly #edges: readonly Watched[];
  readonly #video: readonly string[];
  readonly #audio: readonly string[];
  #beganMs: number | null = null;

  constructor(simulation: Simulation, edges: readonly Watched[]) {
    this.#simulation = simulation;
    this.#edges = edges;
    const { renditions } = streamOf(simulation.layout);
    this.#video = renditions.filter((one) => one.kind === "video").map((one) => one.name);
    this.#audio = renditions.filter((one) => one.kind === "audio").map((one) => one.name);
  }

  /** A roaming viewer knows all edges, the others only their own. */
  live({ lane, weight }: Iteration, roaming: boolean, inspects: boolean, done: () => void): void {
    this.watch({ lane, weight, inspects, edges: this.#known(roaming) }, done);
  }

  /** The next segment to become due. */
  watch(
    how: Pick<Wish, "lane" | "weight" | "edges" | "steer" | "inspects">,
    done: () => void,
  ): void {
    const { segmentMs, availabilityStartMs } = streamOf(this.#simulation.layout);
    const number = this.#numberAt(this.#simulation.nowMs());
    const intendedMs =
      availabilityStartMs + (number + 1) * segmentMs + this.#simulation.random() * bunchMs;
    const wish = {
      ...how,
      number,
      intendedMs,
      deadlineMs: liveDeadlineMs,
      rendition: this.#rendition(),
    };
    this.#simulation.after(intendedMs - this.#simulation.nowMs(), () => {
      this.#simulation.duration("start_late_ms", { lane: how.lane }, 0);
      fetchSegment(this.#simulation, wish, done);
    });
  }

  dvr({ lane, weight }: Iteration, roaming: boolean, done: () => void): void {
    const { dvrSegments } = streamOf(this.#simulation.layout);
    const nowMs = this.#simulation.nowMs();
    const number =
      this.#numberAt(nowMs) -
      1 -
      dvrFromSegments -
      drawOf(this.#simulation, Math.max(1, dvrSegments - dvrFromSegments));
    const edges = this.#known(roaming);
    fetchSegment(
      this.#simulation,
      {
        lane,
        weight,
        edges,
        rendition: this.#rendition(),
        number,
        intendedMs: nowMs,
        deadlineMs: dvrDeadlineMs,
      },
      done,
    );
  }

  /** Requests any segment since the start of the stream, of any rendition, at any one edge. */
  rewind({ lane, weight }: Iteration, done: () => void): void {
    const { dvrSegments, renditions } = streamOf(this.#simulation.layout);
    const nowMs = this.#simulation.nowMs();
    this.#beganMs ??= nowMs;
    const [oldest, newest] = [
      this.#numberAt(this.#beganMs) - dvrSegments,
      this.#numberAt(nowMs) - 1 - dvrFromSegments,
    ];
    const wish = {
      lane,
      number: oldest + drawOf(this.#simulation, newest - oldest + 1),
      intendedMs: nowMs,
      weight,
      deadlineMs: dvrDeadlineMs,
    };
    fetchSegment(
      this.#simulation,
      {
        ...wish,
        edges: [pickOf(this.#simulation, this.#edges)],
        rendition: pickOf(this.#simulation, renditions).name,
      },
      done,
    );
  }

  /**
   * Requests the same few past segments repeatedly. Two thirds go to four segments of the first and
   * last rendition. The others go to one in between, and to its neighbours up to the live edge.
   */
  rewatch({ lane, weight }: Iteration, done: () => void): void {
    const { renditions } = streamOf(this.#simulation.layout);
    const nowMs = this.#simulation.nowMs();
    this.#beganMs ??= nowMs;
    const at = drawOf(this.#simulation, renditions.length);
    const span =
      at > 0 && at < renditions.length - 1 ? rewatchFarthest : rewatchFarthest - rewatchNearest + 1;
    const wish = {
      lane,
      number: this.#numberAt(this.#beganMs) - rewatchFarthest + drawOf(this.#simulation, span),
      intendedMs: nowMs,
      weight,
      deadlineMs: dvrDeadlineMs,
      inspects: true,
    };
    fetchSegment(
      this.#simulation,
      { ...wish, edges: this.#known(true), rendition: renditions[at]?.name ?? "" },
      done,
    );
  }

  /** One request of a trace. The model has no manifests and no initialisation segments. */
  replayed({ lane, weight, asked }: Iteration, deadlineMs: number, done: () => void): void {
    if (asked?.name === undefined || asked.number === null) {
      done();
      return;
    }
    let hash = 0;
    for (const letter of asked.session)
      hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
    const edge = this.#edges[hash % this.#edges.length] as Watched;
    const wish = { lane, weight, rendition: asked.name, number: asked.number, edges: [edge] };
    const intendedMs = this.#simulation.nowMs();
    fetchSegment(this.#simulation, { ...wish, intendedMs, deadlineMs, once: true }, done);
  }

  #numberAt(ms: number): number {
    const { segmentMs, availabilityStartMs } = streamOf(this.#simulation.layout);
    return Math.floor((ms - availabilityStartMs) / segmentMs);
  }

  #known(roaming: boolean): readonly Watched[] {
    return someOf(this.#simulation, this.#edges, roaming ? this.#edges.length : 1);
  }

  /** Half of all requests are for audio, because players fetch it separately. */
  #rendition(): string {
    return pickOf(
      this.#simulation,
      this.#simulation.random() < 0.5 && this.#audio.length > 0 ? this.#audio : this.#video,
    );
  }
}
