/** One track of a viewer: which renditions it may play, and how far it has loaded. */
import type { RenditionView, SegmentView, StreamView } from "../stream/reading/views.ts";
import type { Choice, Offered } from "./choosing/choice.ts";
import type { PlayerRules } from "./players/rules.ts";
import type { TrackKind } from "./requests.ts";

export class Track {
  readonly kind: TrackKind;
  /** The lowest bandwidth first. */
  readonly renditions: readonly RenditionView[];
  readonly choice: Choice;
  /** The place of the rendition that it loads. */
  at: number;
  /** The end of what is loaded, on the presentation timeline. */
  nextMs = 0;
  /** Whether the rendition of the next segment is chosen. */
  isChosen = true;
  /** A request of it is under way, or waits to be sent again. */
  isBusy = false;
  /** Whether the next segment is loaded to measure the bandwidth, and discarded. */
  isTest: boolean;
  /** Nothing follows what is loaded. */
  isFinished = false;
  /** The player has given it up. */
  isDead = false;
  failures = 0;
  /** Renditions that failed, and of which no segment has arrived since. */
  readonly refused = new Set<number>();
  /** Initialisation segments and keys that it has. */
  readonly held = new Set<string>();
  /** Segments that have arrived since the start or the last seek. */
  arrived = 0;
  /** Counts seeks: what was asked for before is not played. */
  turn = 0;

  constructor(kind: TrackKind, renditions: readonly RenditionView[], rules: PlayerRules) {
    this.kind = kind;
    this.renditions = renditions;
    this.choice = rules.choice(renditions.map(offeredOf), kind);
    this.at = this.choice.first();
    this.isTest = kind === "video" && rules.testsBandwidth && renditions.length > 1;
  }

  get rendition(): RenditionView {
    return this.renditions[this.at] as RenditionView;
  }

  get isTop(): boolean {
    return this.at === this.renditions.length - 1;
  }

  get topBitsPerSecond(): number {
    return this.renditions.at(-1)?.bandwidth ?? 0;
  }

  seek(toMs: number): void {
    this.nextMs = toMs;
    this.isChosen = false;
    this.isBusy = false;
    this.isFinished = false;
    this.isTest = false;
    this.failures = 0;
    this.arrived = 0;
    this.turn += 1;
    this.choice.sought();
  }

  /** Or was skipped. */
  loaded({ startMs, durationMs }: SegmentView): void {
    this.nextMs = startMs + durationMs;
    this.isChosen = false;
    this.failures = 0;
    this.arrived += 1;
  }
}

function offeredOf({ id, bandwidth, averageBandwidth }: RenditionView): Offered {
  return { id, bandwidth, averageBandwidth: averageBandwidth ?? bandwidth };
}

/** One group of pictures, and the sound that belongs to it. Captions are not loaded. */
export function tracksOf({ renditions }: StreamView, rules: PlayerRules): readonly Track[] {
  const group = (all: readonly RenditionView[]): RenditionView[] =>
    all.filter((one) => one.group === all[0]?.group).sort((a, b) => a.bandwidth - b.bandwidth);
  const video = group(renditions.filter(({ kind }) => kind === "video"));
  const sounds = renditions.filter(({ kind }) => kind === "audio");
  const audio = soundOf(video, sounds, group);
  return [
    ...(video.length === 0 ? [] : [new Track("video", video, rules)]),
    ...(audio.length === 0 ? [] : [new Track("audio", audio, rules)]),
  ];
}

function soundOf(
  video: readonly RenditionView[],
  sounds: readonly RenditionView[],
  group: (all: readonly RenditionView[]) => RenditionView[],
): readonly RenditionView[] {
  const [first] = video;
  // DASH: an adaptation set of its own. HLS: the group that the variant names, if it names one.
  if (first === undefined || first.url === sounds[0]?.url) return group(sounds);
  const own = sounds.filter((one) => one.group === first.audioGroup);
  const chosen = own.find(({ isDefault }) => isDefault === true) ?? own[0];
  return chosen === undefined ? [] : [chosen];
}
