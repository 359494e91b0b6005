/** How a player loads its tracks, segment after segment, and what it does about failures. */
import { isLast, segmentAt, windowOf } from "../stream/reading/segments.ts";
import type { MediaView, Resource, SegmentView } from "../stream/reading/views.ts";
import { type Moment, otherThan } from "./choosing/choice.ts";
import type { Documents } from "./documents.ts";
import type { Exchange } from "./exchange.ts";
import { type Changes, type Playback, roundedMs } from "./playback.ts";
import type { LiveEdge, PlayerRules } from "./players/rules.ts";
import type { Answer, RequestKind } from "./requests.ts";
import type { Track } from "./track.ts";

export interface LoadingHost {
  readonly rules: PlayerRules;
  readonly tracks: readonly Track[];
  readonly playback: Playback;
  edgeOf(media: MediaView): LiveEdge;
  /** The position is no longer in the window. */
  moveTo(positionMs: number): void;
  changed(changes: Changes): void;
}

export class Loading {
  readonly #exchange: Exchange;
  readonly #documents: Documents;
  readonly #host: LoadingHost;

  constructor(exchange: Exchange, documents: Documents, host: LoadingHost) {
    this.#exchange = exchange;
    this.#documents = documents;
    this.#host = host;
  }

  /** Loads what comes next, or looks again later. */
  load(track: Track): void {
    if (this.#exchange.isOver || track.isBusy || track.isDead || track.isFinished) return;
    const { positionMs } = this.#host.playback;
    if (positionMs === null) return;
    // A replacement that playback has overtaken continues where it plays.
    track.nextMs = Math.max(track.nextMs, positionMs);
    const media = this.#documents.mediaOf(track);
    if (media === null) {
      this.#documents.askPlaylist(track);
      return;
    }
    const segment = segmentAt(media, track.nextMs + roundedMs);
    const { tickMs } = this.#host.rules;
    if (segment === null) {
      this.#loadNone(track, media);
      return;
    }
    if (!track.isTest && !this.#wantsMore(track, segment)) {
      this.#again(track, tickMs);
      return;
    }
    // A gap, or what a replacement finds to be as good.
    const { startMs } = segment;
    if (segment.gap || this.#host.playback.holds(track.kind, startMs, track.at)) {
      track.nextMs = segment.startMs + segment.durationMs;
      this.load(track);
      return;
    }
    const untilMs = (segment.availableMs ?? 0) - this.#documents.serverMs;
    if (untilMs > 0) this.#again(track, Math.ceil(untilMs / tickMs) * tickMs);
    else if (!this.#chooses(track, segment)) this.#fetch(track, segment, media);
  }

  /** Before each segment. True if it goes to another rendition first. */
  #chooses(track: Track, segment: SegmentView): boolean {
    if (track.isChosen) return false;
    track.isChosen = true;
    let chosen = track.choice.next(track.at, this.#momentOf(track, segment));
    // hls.js, errorPenaltyExpireMs 0: a level that has failed is not chosen any more.
    while (chosen > 0 && track.refused.has(chosen)) chosen -= 1;
    if (chosen === track.at || track.refused.has(chosen)) return false;
    this.switchTo(track, chosen);
    return true;
  }

  #again(track: Track, afterMs: number): void {
    this.#exchange.later(`load ${track.kind}`, afterMs, () => this.load(track));
  }

  /** Nothing is listed for where it is: nothing follows, nothing yet, or nothing any more. */
  #loadNone(track: Track, media: MediaView): void {
    const { fromMs, oldest, newest } = windowOf(media, this.#documents.serverMs);
    if (oldest !== undefined && track.nextMs + roundedMs < fromMs) {
      const positionMs = this.#host.rules.lostPositionMs(this.#host.edgeOf(media), oldest);
      if (positionMs > track.nextMs) {
        this.#host.moveTo(positionMs);
        return;
      }
    }
    const isDone =
      newest === undefined ? media.ended : track.nextMs > newest.startMs && isLast(media, newest);
    if (isDone) track.isFinished = true;
    // Of HLS, the next playlist brings more.
    else if (media.format === "dash") this.#again(track, this.#host.rules.tickMs);
  }

  #wantsMore(track: Track, { durationMs }: SegmentView): boolean {
    const { playback, tracks, rules } = this.#host;
    return rules.wantsMore({
      track: track.kind,
      aheadMs: playback.aheadMs(track.kind),
      videoAheadMs: tracks.some(({ kind }) => kind === "video") ? playback.aheadMs("video") : null,
      segmentMs: durationMs,
      bitsPerSecond: track.rendition.bandwidth,
      isTop: track.isTop,
    });
  }

  #momentOf(track: Track, { durationMs }: SegmentView): Moment {
    const { playback } = this.#host;
    return {
      nowMs: this.#exchange.nowMs,
      bufferS: playback.aheadMs(track.kind) / 1_000,
      segmentS: durationMs / 1_000,
      isStalled: playback.condition === "stalled",
    };
  }

  switchTo(track: Track, at: number): void {
    const [from, to] = [track.rendition, track.renditions[at]];
    if (to === undefined || at === track.at) return;
    // What is chosen before the start is no switch that a viewer sees.
    if (this.#host.playback.hasStarted)
      this.#exchange.note({
        what: "switch",
        track: track.kind,
        from: from.id,
        to: to.id,
        direction: at > track.at ? "up" : "down",
      });
    this.#replace(track, at > track.at);
    track.at = at;
    track.isChosen = true;
    if (!this.#host.rules.keepsInits) track.held.clear();
    // Live, a playlist that was left is out of date.
    const isHls = this.#documents.stream?.format === "hls";
    if (isHls && this.#documents.mediaOf(track)?.ended !== true) this.#documents.askPlaylist(track);
    else this.load(track);
  }

  #replace(track: Track, isUp: boolean): void {
    const { playback, rules } = this.#host;
    const media = this.#documents.mediaOf(track);
    const { positionMs } = playback;
    const last = media === null ? null : segmentAt(media, track.nextMs - roundedMs);
    if (media === null || positionMs === null || last === null || track.arrived === 0) return;
    const fromMs = rules.replacesFromMs({
      isUp,
      isAtStart: track.arrived === 1,
      positionMs,
      aheadMs: playback.aheadMs(track.kind),
      segmentMs: last.durationMs,
    });
    const first = fromMs === null ? null : segmentAt(media, fromMs + roundedMs);
    if (first !== null && first.startMs < track.nextMs) track.nextMs = first.startMs;
  }

  /** What a segment needs comes first: its initialisation, and its key. */
  #fetch(track: Track, segment: SegmentView, media: MediaView): void {
    const { init, key } = segment;
    const keyOf = ({ url, range }: Resource): string => `${url} ${range?.offset ?? ""}`;
    if (init !== undefined && !track.isTest && !track.held.has(keyOf(init)))
      this.#fetchPart(track, "init", init, keyOf(init));
    else if (key?.url !== undefined && !track.held.has(key.url))
      this.#fetchPart(track, "key", { url: key.url }, key.url);
    else this.#fetchMedia(track, segment, media);
  }

  #fetchPart(track: Track, kind: "init" | "key", resource: Resource, held: string): void {
    this.#ask(track, kind, resource, {}, (answer) => {
      if (!isWhole(answer)) {
        this.#failed(track, kind, answer, false);
        return;
      }
      track.held.add(held);
      this.load(track);
    });
  }

  #fetchMedia(track: Track, segment: SegmentView, media: MediaView): void {
    const { at, rendition, isTest, topBitsPerSecond } = track;
    const { sequence, durationMs } = segment;
    const fields = { sequence, durationMs, bitsPerSecond: rendition.bandwidth, topBitsPerSecond };
    this.#ask(track, "segment", segment, fields, (answer) => {
      if (!isWhole(answer)) {
        const { newest } = windowOf(media, this.#documents.serverMs);
        this.#failed(track, "segment", answer, newest?.sequence === sequence, segment);
        return;
      }
      if (isTest) {
        track.isTest = false;
        track.isChosen = false;
        track.choice.tested(answer);
      } else this.#loaded(track, at, segment, answer);
      this.load(track);
    });
  }

  #loaded(track: Track, at: number, segment: SegmentView, answer: Answer): void {
    track.choice.loaded(at, answer, this.#momentOf(track, segment));
    track.refused.delete(at);
    track.loaded(segment);
    const { bandwidth = 0, averageBandwidth = bandwidth } = track.renditions[at] ?? {};
    const { startMs, durationMs } = segment;
    this.#host.changed(
      this.#host.playback.add(this.#exchange.nowMs, track.kind, {
        fromMs: startMs,
        untilMs: startMs + durationMs,
        rank: at,
        bitsPerSecond: averageBandwidth,
      }),
    );
  }

  /** Occupies the track until the answer, which counts unless playback moved elsewhere. */
  #ask(
    track: Track,
    kind: "init" | "key" | "segment",
    { url, range }: Resource,
    fields: object,
    use: (answer: Answer) => void,
  ): void {
    track.isBusy = true;
    const { turn } = track;
    this.#exchange.ask(
      {
        kind,
        url,
        ...(range === undefined ? {} : { range }),
        track: track.kind,
        rendition: track.rendition.id,
        ...fields,
        timeoutMs: this.#host.rules.timeoutMs(kind),
        isText: false,
      },
      (answer) => {
        if (track.turn !== turn) return;
        track.isBusy = false;
        use(answer);
      },
    );
  }

  #failed(
    track: Track,
    kind: "init" | "key" | "segment",
    { status, timedOut }: Answer,
    isNewest: boolean,
    segment?: SegmentView,
  ): void {
    track.failures += 1;
    if (kind === "segment") this.#documents.checkClock();
    const refused = new Set([...track.refused, track.at]);
    const other = otherThan(track.at, track.renditions.length, refused);
    const next = this.#host.rules.afterFailure({
      kind,
      failures: track.failures,
      status,
      timedOut: timedOut === true,
      isNewest,
      canSwitch: other !== null,
    });
    if (next.do === "retry") this.#retry(track, next.afterMs);
    else if (next.do === "switch" && other !== null) {
      track.refused.add(track.at);
      this.switchTo(track, other);
    } else if (next.do === "skip" && segment !== undefined) {
      this.#exchange.note({ what: "failure", kind, fatal: false });
      track.loaded(segment);
      this.load(track);
    } else this.giveUp(track, kind);
  }

  #retry(track: Track, afterMs: number): void {
    track.isBusy = true;
    const { turn } = track;
    this.#exchange.later(`load ${track.kind}`, afterMs, () => {
      if (track.turn === turn) track.isBusy = false;
      this.load(track);
    });
  }

  giveUp(track: Track, kind: RequestKind): void {
    track.isDead = true;
    this.#exchange.note({ what: "failure", kind, fatal: true });
  }
}

/** A range that is answered in part is what was asked for. */
function isWhole({ status }: Answer): boolean {
  return status === 200 || status === 206;
}
