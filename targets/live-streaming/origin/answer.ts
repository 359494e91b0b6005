/**
 * Finds the answer to a GET. It decides from memory, waits for a publication that is due, and asks
 * the store only for segments that should exist but are unknown.
 */
import type { Publication } from "../stream/candidate.ts";
import { type Leaf, timeless } from "../stream/address.ts";
import { publishAtMs } from "../stream/template.ts";
import { absence, type Decision, decide } from "./decide.ts";
import type { Candidate } from "../stream/candidate.ts";
import type { Directives } from "./directives.ts";
import { StoreSilent } from "./chunk-reader.ts";
import type { Lookup } from "./lookup.ts";
import type { Metadata } from "./metadata.ts";
import type { Telemetry } from "./telemetry.ts";

export type Answer =
  | { readonly kind: "serve"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "early" | "missing"; readonly ttlMs: number }
  | { readonly kind: "gone" }
  | { readonly kind: "aborted" };

export interface AnswerParts {
  readonly metadata: Metadata;
  readonly lookup: Lookup;
  readonly directives: Directives;
  readonly telemetry: Telemetry;
  readonly nowMs: () => number;
  readonly dvrWindowSegments: number;
  readonly holdOpen: boolean;
  readonly pipelines: readonly string[];
  readonly candidateSelection: boolean;
  /** Off: every GET asks the store. */
  readonly metadataCache: boolean;
}

export interface Asked {
  readonly leaf: Leaf;
  /** Restricts the candidates to one pipeline's. */
  readonly pipeline: string | null;
}

export interface Ask extends Asked {
  readonly signal: AbortSignal;
}

/** How late a publication may be before the store is asked for it: the feed may be down. */
const feedLateMs = 250;

/** The answer if memory alone can give it, which is nearly always. */
export function answerNow(parts: AnswerParts, asked: Asked): Answer | null {
  if (!parts.metadataCache || asked.leaf.number === timeless) return null;
  const decision = decideFrom(parts, asked, visible(parts, asked));
  if (decision.kind === "hold" || decision.kind === "await" || decision.kind === "lookUp")
    return null;
  parts.telemetry.lookup("memory");
  return decision;
}

export async function answer(parts: AnswerParts, ask: Ask): Promise<Answer> {
  const { leaf } = ask;
  for (;;) {
    const candidates = await known(parts, ask);
    if (leaf.number === timeless) return timelessAnswer(parts, ask, candidates);
    const decision = decideFrom(parts, ask, candidates);
    if (parts.metadataCache && decision.kind !== "lookUp") parts.telemetry.lookup("memory");
    switch (decision.kind) {
      case "serve":
      case "early":
      case "gone":
        return decision;
      case "hold":
        parts.telemetry.held();
        if (!(await hold(parts, ask, decision.untilMs))) return absentAfterHold(parts, ask);
        break;
      case "await":
        if (
          !(await parts.metadata.published(leaf, decision.untilMs - parts.nowMs(), ask.signal)) &&
          ask.signal.aborted
        )
          return { kind: "aborted" };
        break;
      case "lookUp": {
        const found = await lookUp(parts, ask);
        return found.length > 0
          ? { kind: "serve", candidates: found }
          : absence(leaf.number, parts.nowMs());
      }
    }
  }
}

function decideFrom(
  parts: AnswerParts,
  { leaf: { number }, pipeline }: Asked,
  candidates: readonly Candidate[],
): Decision {
  return decide({
    number,
    nowMs: parts.nowMs(),
    candidates,
    mayHold: parts.holdOpen,
    mayImprove:
      parts.candidateSelection && pipeline === null && candidates.length < parts.pipelines.length,
    dvrWindowSegments: parts.dvrWindowSegments,
    isOver: parts.directives.isOver(number),
  });
}

/**
 * True if there is a segment to serve now. Until the due time only the feed is used. After it, the
 * store is polled.
 */
async function hold(parts: AnswerParts, ask: Ask, untilMs: number): Promise<boolean> {
  const askStoreAtMs = publishAtMs(ask.leaf.number) + feedLateMs;
  const ended = (): boolean => ask.signal.aborted || parts.directives.isOver(ask.leaf.number);
  for (let nowMs = parts.nowMs(); nowMs < untilMs && !ended(); nowMs = parts.nowMs()) {
    const wakeAtMs = nowMs < askStoreAtMs ? askStoreAtMs : Math.min(untilMs, nowMs + feedLateMs);
    if (
      (await parts.metadata.published(ask.leaf, wakeAtMs - nowMs, ask.signal)) &&
      visible(parts, ask).length > 0
    )
      return true;
    if (parts.nowMs() >= askStoreAtMs && (await lookUp(parts, ask)).length > 0) return true;
  }
  return false;
}

function absentAfterHold(parts: AnswerParts, { leaf, signal }: Ask): Answer {
  if (signal.aborted) return { kind: "aborted" };
  return parts.directives.isOver(leaf.number)
    ? { kind: "gone" }
    : absence(leaf.number, parts.nowMs());
}

async function timelessAnswer(
  parts: AnswerParts,
  ask: Ask,
  candidates: readonly Candidate[],
): Promise<Answer> {
  const found = candidates.length > 0 ? candidates : await lookUp(parts, ask);
  return found.length > 0 ? { kind: "serve", candidates: found } : { kind: "missing", ttlMs: 200 };
}

async function known(parts: AnswerParts, ask: Ask): Promise<readonly Candidate[]> {
  if (!parts.metadataCache) {
    return visible(parts, ask, await publicationsInStore(parts, ask));
  }
  return visible(parts, ask);
}

async function lookUp(parts: AnswerParts, ask: Ask): Promise<readonly Candidate[]> {
  for (const publication of await publicationsInStore(parts, ask)) parts.metadata.add(publication);
  return visible(parts, ask);
}

/**
 * To a viewer, a store that does not answer has no segment. A read-back request must not get that
 * answer.
 */
async function publicationsInStore(
  { lookup }: AnswerParts,
  { leaf, pipeline }: Ask,
): Promise<readonly Publication[]> {
  const found = await lookup.find(leaf);
  if (found === null && pipeline !== null) throw new StoreSilent("the store could not be asked");
  return found ?? [];
}

/**
 * The candidates in memory, or the given ones, without masked ones and without other pipelines than
 * the requested one.
 */
export function visible(
  { metadata, directives }: Pick<AnswerParts, "metadata" | "directives">,
  { leaf, pipeline }: Asked,
  candidates: readonly Candidate[] = metadata.candidates(leaf),
): readonly Candidate[] {
  return candidates.length === 0
    ? candidates
    : candidates.filter(
        (each) =>
          (pipeline === null || each.pipeline === pipeline) &&
          !directives.hides(leaf, each.pipeline),
      );
}
