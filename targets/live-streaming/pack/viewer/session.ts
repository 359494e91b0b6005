/**
 * One viewer from pressing play to leaving: its player, its own wishes, and what is recorded of it.
 * Its driver sends the requests and brings the answers. The metrics are those of CTA-2066.
 */
import { stallMsMin } from "../players/stalls.ts";
import type { Audience } from "./audience.ts";
import type { Condition } from "./playback.ts";
import type { Answer, Noted, Step, Wanted, Why } from "./requests.ts";
import { Viewer } from "./viewer.ts";

/**
 * A viewer who sees no picture for so long leaves. A chosen value: ten seconds. Half of the viewers
 * are gone by then (Krishnan and Sitaraman, "Video Stream Quality Impacts Viewer Behavior", 2012).
 */
export const patienceMs = 10_000;
/** A viewer whose player gave up looks at its error for as long, and counts as stalled. */
const errorMs = patienceMs;
/** How often the readings of a session are taken. */
const readEveryMs = 2_000;
/** A rewind is done within this share of the session, so that it can be watched. */
const rewindLatestShare = 0.5;
const rewindMsUsual = 60_000;
/** No viewer closes a player before having seen that it opens. */
const stayMsLeast = 2_000;

export interface Recorded {
  readonly metric: string;
  readonly value: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface SessionStep {
  readonly requests: readonly Wanted[];
  readonly recorded: readonly Recorded[];
  readonly wakeAtMs: number | null;
  readonly isOver: boolean;
}

export interface SessionOptions {
  readonly url: string;
  readonly audience: Audience;
  readonly startMs: number;
  /** When the run ends, in epoch ms. */
  readonly endMs: number;
  /** Each draw in [0, 1), always the same for one viewer. */
  readonly draw: (which: "stay" | "rewinds" | "rewindAt") => number;
}

export class Session {
  readonly viewer: Viewer;
  readonly #startMs: number;
  readonly #leavesMs: number;
  readonly #endMs: number;
  readonly #rewindMs: number;
  /** Null if it does not rewind, or has done so. */
  #rewindsAtMs: number | null;
  #readAtMs: number;
  #spent: Readonly<Record<Condition, number>>;
  #hasStarted = false;
  #stallsCounted = 0;
  /** When its player gave up while it watched. */
  #gaveUpMs: number | null = null;
  #recorded: Recorded[] = [];
  #isOver = false;

  constructor({ url, audience, startMs, endMs, draw }: SessionOptions) {
    const { stayMs, rewindShare = 0, rewindMs = rewindMsUsual } = audience;
    this.viewer = new Viewer(url, startMs);
    this.#startMs = startMs;
    const stays =
      stayMs === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(stayMsLeast, -Math.log(1 - draw("stay")) * stayMs);
    this.#leavesMs = startMs + stays;
    this.#endMs = endMs;
    this.#rewindMs = rewindMs;
    this.#rewindsAtMs =
      draw("rewinds") < rewindShare
        ? startMs +
          draw("rewindAt") * rewindLatestShare * (Math.min(endMs, this.#leavesMs) - startMs)
        : null;
    this.#readAtMs = startMs + readEveryMs;
    this.#spent = this.viewer.playback.spentMs;
  }

  /** Whether a stall has happened that no request has reported yet. */
  takeStarved(): boolean {
    const starved = this.#stallsCounted > 0;
    this.#stallsCounted = 0;
    return starved;
  }

  start(): SessionStep {
    return this.#after(this.#startMs, this.viewer.start(this.#startMs));
  }

  answered(nowMs: number, id: number, answer: Answer): SessionStep {
    return this.#after(nowMs, this.viewer.answered(nowMs, id, answer));
  }

  woken(nowMs: number): SessionStep {
    return this.#after(nowMs, this.viewer.woken(nowMs));
  }

  #after(nowMs: number, step: Step): SessionStep {
    const requests = [...step.requests];
    this.#account(step.noted, nowMs);
    let wakeAtMs = step.wakeAtMs;
    const more = (next: Step): void => {
      requests.push(...next.requests);
      this.#account(next.noted, nowMs);
      wakeAtMs = next.wakeAtMs;
    };
    if (!this.#isOver && this.#rewindsAtMs !== null && nowMs >= this.#rewindsAtMs) {
      this.#rewindsAtMs = null;
      more(this.viewer.rewind(nowMs, this.#rewindMs));
    }
    if (!this.#isOver && nowMs >= this.#readAtMs) this.#read(nowMs);
    if (!this.#isOver && nowMs >= this.#endsAtMs) {
      if (this.#gaveUpMs === null) more(this.viewer.leave(nowMs));
      else this.#over("failed", nowMs);
    }
    const own = [this.#endsAtMs, this.#readAtMs, this.#rewindsAtMs ?? Number.POSITIVE_INFINITY];
    const recorded = this.#recorded;
    this.#recorded = [];
    return {
      requests: this.#isOver ? [] : requests,
      recorded,
      wakeAtMs: this.#isOver ? null : Math.min(wakeAtMs ?? Number.POSITIVE_INFINITY, ...own),
      isOver: this.#isOver,
    };
  }

  /** The end of the run ends no wait for a picture: a viewer who waits is not counted as gone. */
  get #endsAtMs(): number {
    if (!this.#hasStarted) return Math.min(this.#leavesMs, this.#startMs + patienceMs);
    const givenUpMs = (this.#gaveUpMs ?? Number.POSITIVE_INFINITY) + errorMs;
    return Math.min(this.#leavesMs, this.#endMs, givenUpMs);
  }

  #add(metric: string, value: number, tags: Readonly<Record<string, string>> = {}): void {
    this.#recorded.push({ metric, value, tags: { player: this.viewer.player, ...tags } });
  }

  #account(noted: readonly Noted[], nowMs: number): void {
    for (const one of noted) {
      switch (one.what) {
        case "started":
          this.#hasStarted = true;
          this.#add("viewer_startup_ms", one.afterMs, { outcome: "started" });
          break;
        case "stall":
          if (one.forMs < stallMsMin) break;
          this.#stallsCounted += 1;
          this.#add("viewer_stall_ms", one.forMs, { state: one.open ? "open" : "ended" });
          break;
        case "switch":
          this.#add("viewer_switches", 1, { direction: one.direction });
          break;
        case "failure":
          this.#add("viewer_failures", 1, {
            object: one.kind,
            outcome: one.fatal ? "fatal" : "skipped",
          });
          break;
        case "over":
          if (one.why === "failed" && this.#hasStarted) this.#gaveUpMs = nowMs;
          else this.#over(one.why, nowMs);
      }
    }
  }

  /** Over time: the share stalled since the last reading, the latency, and what plays. */
  #read(nowMs: number): void {
    if (this.#gaveUpMs !== null) {
      this.#readAtMs = nowMs + readEveryMs;
      this.#add("viewer_rebuffer_ratio", 1);
      return;
    }
    const { playback } = this.viewer;
    const spent = playback.spentMs;
    const [playing, stalled] = [
      spent.playing - this.#spent.playing,
      spent.stalled - this.#spent.stalled,
    ];
    this.#spent = spent;
    this.#readAtMs = nowMs + readEveryMs;
    if (playing + stalled <= 0) return;
    this.#add("viewer_rebuffer_ratio", stalled / (playing + stalled));
    this.#add("viewer_bitrate", playback.bitsPerSecond);
    const { latencyMs } = this.viewer;
    if (latencyMs !== null) this.#add("viewer_latency_ms", latencyMs);
  }

  #over(why: Why, nowMs: number): void {
    this.#isOver = true;
    const { playing, stalled: waited } = this.viewer.playback.spentMs;
    const stalled = waited + nowMs - (this.#gaveUpMs ?? nowMs);
    // A viewer who meant to stay and saw nothing is a failure, whatever the reason.
    if (!this.#hasStarted)
      this.#add("viewer_startup_ms", nowMs - this.#startMs, {
        outcome: why === "failed" || nowMs >= this.#startMs + patienceMs ? "failed" : "left",
      });
    if (playing + stalled > 0)
      this.#add("viewer_session_rebuffer_ratio", stalled / (playing + stalled), {
        outcome: why === "failed" ? "failed" : "watched",
      });
  }
}
