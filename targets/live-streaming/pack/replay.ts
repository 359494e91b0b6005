/** `workload: replay(trace, …)`: a load that sends a trace of production again. */
import type { AuthoredReplay } from "../../../harness/trace/authored-replay.ts";

export interface ReplayOptions {
  /** Copies of each session, each independent. A fraction is a share of the sessions. Default 1. */
  readonly times?: number;
  /** Factor on all times: 2 is half as fast. Default 1. */
  readonly stretch?: number;
  /** The part of the trace to send, in ms after its first request. Default: from its start. */
  readonly fromMs?: number;
  /** Default: to its end. */
  readonly toMs?: number;
  /** Kinds of objects, such as `segment`, or paths of the trace with `*` for anything. */
  readonly only?: readonly string[];
  /**
   * Segment numbers are shifted: a request is as far behind the live edge as it was in the trace.
   */
  readonly relativeToLiveEdge?: boolean;
  /** By path of the trace, the path on the target, where the names do not show it. */
  readonly paths?: Readonly<Record<string, string>>;
  /** How long its viewers wait: those at the live edge 4 s (the default), the others 8 s. */
  readonly as?: "live" | "dvr";
}

/** `trace`: the path of a file that `seawall capture` wrote, from the experiment's file on. */
export function replay(
  trace: string,
  { relativeToLiveEdge = false, as = "live", ...wishes }: ReplayOptions = {},
): AuthoredReplay {
  return { replays: trace, by: "replay", exec: as, relative: relativeToLiveEdge, ...wishes };
}
