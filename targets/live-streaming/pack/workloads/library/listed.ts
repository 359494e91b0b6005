/**
 * What a playlist lists, for a virtual user that keeps following it: one user, one player. It asks
 * for playlists when they are due, for keys and initialisation segments once.
 */
import { Following, segmentsBack, type Answered } from "../../stream/reading/following.ts";
import { UnreadableStream } from "../../stream/reading/unreadable.ts";
import type { Resource, SegmentView } from "../../stream/reading/views.ts";
import { type Answer, type Arrived, getFrom } from "./addresses.ts";
import { type Edge, settings } from "./settings.ts";

/** By edge: the playlists, and what was fetched already. */
const followed = new Map<string, { readonly following: Following; readonly had: Set<string> }>();

const source = settings.stream.source;
const aheadMs = source?.read?.clockAheadMs ?? 0;
const nowMs = (): number => Date.now() + aheadMs;

export interface Wanted {
  readonly edge: Edge;
  readonly lane: string;
  readonly rendition: string;
  /** Behind the newest. */
  readonly back: number;
  readonly timeoutMs: number;
  readonly binary: boolean;
}

/** The answer of the segment, or of what failed before it. */
export interface Listed {
  readonly answer: Answer | null;
  /** Undefined if it was not reached. */
  readonly segment?: SegmentView;
  /** The playlist cannot be read. */
  readonly unreadable?: boolean;
}

export function getListed(wanted: Wanted): Listed {
  const { edge, rendition, lane } = wanted;
  const { following, had } = followedAt(edge);
  const get = (resource: Resource, binary: boolean): Arrived =>
    getFrom(edge, resource.url, {
      tags: { lane, entry: edge.name },
      timeout: wanted.timeoutMs,
      headers: rangeOf(resource),
      ...(binary ? { responseType: "binary" } : {}),
    });
  const steps = following.media(rendition);
  try {
    let step = steps.next();
    while (step.done !== true) {
      const { answer, url } = getFrom(edge, step.value.url, {
        tags: { lane, entry: edge.name },
        timeout: wanted.timeoutMs,
        headers: { "Accept-Encoding": "gzip" },
        responseType: "text",
      });
      if (answer.status !== 200 || typeof answer.body !== "string") return { answer };
      step = steps.next({ text: answer.body, url } satisfies Answered);
    }
    const segment = segmentsBack(step.value, wanted.back, nowMs());
    if (segment === null || segment.gap) return { answer: null };
    // Nothing new comes: the newest one again would be no service to a live viewer.
    if (lane === "live" && source?.read?.ended !== true && following.isOver(rendition))
      return { answer: null };
    for (const before of [segment.key, segment.init]) {
      const url = before?.url;
      if (before === undefined || url === undefined || had.has(nameOf(before))) continue;
      const { answer } = get({ ...before, url }, false);
      if (!isWhole(answer)) return { answer };
      had.add(nameOf(before));
    }
    const { answer } = get(segment, wanted.binary);
    return { answer, segment };
  } catch (error) {
    if (error instanceof UnreadableStream) return { answer: null, unreadable: true };
    throw error;
  }
}

function followedAt(edge: Edge): { readonly following: Following; readonly had: Set<string> } {
  const known = followed.get(edge.name);
  if (known !== undefined) return known;
  const fresh = {
    following: new Following(`${edge.url}${source?.path ?? ""}`, nowMs),
    had: new Set<string>(),
  };
  followed.set(edge.name, fresh);
  return fresh;
}

function nameOf(resource: Partial<Resource>): string {
  return `${resource.url} ${resource.range?.offset ?? ""}`;
}

function rangeOf({ range }: Resource): Record<string, string> {
  return range === undefined
    ? {}
    : { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
}

/** A range is answered with 206. */
export function isWhole({ status, error_code: code }: Answer): boolean {
  return (status === 200 || status === 206) && code === 0;
}
