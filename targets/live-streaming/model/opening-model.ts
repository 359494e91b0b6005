/**
 * How an origin finds a readable candidate: the best first. It retries one that was published a
 * moment ago, with what it knows by then.
 */
import type { Simulation } from "../../../harness/target/model.ts";
import { type Candidate, leastBad, rank } from "../stream/candidate.ts";
import { replicationMsMax, unreadableRetryMs, unreadableTriesMax } from "../origin/read-retries.ts";
import type { SegmentRequest } from "./request.ts";
import type { ChunkReading } from "./chunk-reading.ts";
import type { OriginMemory } from "./origin-memory.ts";

/** Null if no copy can be read. */
type Opened = (candidate: Candidate | null) => void;

export class Opening {
  readonly #simulation: Simulation;
  readonly #memory: OriginMemory;
  readonly #chunks: ChunkReading;
  readonly #pipelines: readonly string[];

  constructor(
    simulation: Simulation,
    memory: OriginMemory,
    chunks: ChunkReading,
    pipelines: readonly string[],
  ) {
    this.#simulation = simulation;
    this.#memory = memory;
    this.#chunks = chunks;
    this.#pipelines = pipelines;
  }

  open(asked: SegmentRequest, candidates: readonly Candidate[], opened: Opened): void {
    const nowMs = this.#simulation.nowMs();
    const known = (): readonly Candidate[] => {
      const now = this.#memory.candidates(asked);
      return now.length > 0 ? now : candidates;
    };
    if (!candidates.some(({ publishedAtMs }) => nowMs - publishedAtMs < replicationMsMax)) {
      this.#read(candidates, opened);
      return;
    }
    // Like the origin's `openPatiently`: a worse copy is the last resort.
    const tried = (tries: number) => (): readonly Candidate[] =>
      tries < unreadableTriesMax && this.#simulation.enabled("candidateSelection")
        ? leastBad(known())
        : known();
    const attempt = (tries: number): void =>
      this.#readFirst(asked, tried(tries), (candidate) => {
        if (candidate !== null || tries === unreadableTriesMax) opened(candidate);
        else
          this.#memory.wait(asked, this.#simulation.nowMs() + unreadableRetryMs, () =>
            attempt(tries + 1),
          );
      });
    attempt(0);
  }

  /**
   * A known copy may still be in a slow store when the own region's copy arrives. Then both are
   * read, and the first readable one is used.
   */
  #readFirst(asked: SegmentRequest, known: () => readonly Candidate[], opened: Opened): void {
    let [left, over] = [1, false];
    const one = (candidate: Candidate | null): void => {
      left -= 1;
      if (over || (candidate === null && left > 0)) return;
      over = true;
      opened(candidate);
    };
    this.#read(known(), one);
    this.#memory.wait(asked, this.#simulation.nowMs() + replicationMsMax, (heard) => {
      if (over || !heard) return;
      left += 1;
      this.#read(known(), one);
    });
  }

  #read(candidates: readonly Candidate[], opened: Opened): void {
    const [best, ...others] = rank(
      candidates,
      this.#pipelines,
      this.#simulation.enabled("candidateSelection"),
    );
    if (best === undefined) opened(null);
    else this.#chunks.read(best, (read) => (read ? opened(best) : this.#read(others, opened)));
  }
}
