/**
 * Ways in which a playlist or a manifest can be wrong: how each rewrites the text that passes. One
 * text over the link and one past it show it.
 */
import { z } from "zod";
import type { Frozen } from "../../../../../harness/base/frozen.ts";
import type { Asked } from "../../../../../harness/target/bad-answer.ts";
import {
  isPlaylist,
  newestIn,
  segmentsIn,
  shiftClock,
  shiftedClock,
  targetSecondsIn,
  withoutSegments,
  withTargetSeconds,
} from "./texts.ts";

const segments = z.number().int().min(1).max(1_000);
const secondsOff = z
  .number()
  .int()
  .refine((ms) => Math.abs(ms) >= 100, "at least 100 ms, ahead or behind");

export const wrongTextShape = z.discriminatedUnion("is", [
  /** As it was when the fault began. */
  z.strictObject({ is: z.literal("stale") }),
  /** Every second one lacks its newest segments, as from a cache that is behind. */
  z.strictObject({ is: z.literal("jumpsBack"), segments }),
  /** Lacks one segment, counted back from the newest, which is 0. */
  z.strictObject({ is: z.literal("missingSegment"), behind: z.number().int().nonnegative() }),
  /** The newest segment is an old one, and no tag says that time jumps. */
  z.strictObject({ is: z.literal("untaggedDiscontinuity") }),
  z.strictObject({
    is: z.literal("wrongTargetDuration"),
    seconds: z.number().int().min(1).max(600),
  }),
  /** The clock that players take from it is ahead, or behind. */
  z.strictObject({ is: z.literal("clockOff"), byMs: secondsOff }),
]);
export type WrongText = Frozen<z.infer<typeof wrongTextShape>>;
type WrongTextOf<K extends WrongText["is"]> = Extract<WrongText, { readonly is: K }>;

type Rewrite = (text: string, asked: Asked) => string;

interface Way<W> {
  describe(wrong: W): string;
  /** Called once per fault, so that the result may keep a state. */
  rewrite(wrong: W, nowMs: () => number): Rewrite;
  shows(wrong: W, over: string, past: string): boolean;
}

/** A clock in a text is some ms older than its reader's. */
const clockToleranceMs = 1_000;

const ways: { readonly [K in WrongText["is"]]: Way<WrongTextOf<K>> } = {
  stale: {
    describe: () => "do not change any more",
    rewrite: () => {
      const first = new Map<string, string>();
      return (text, { path }) => {
        const kept = first.get(path) ?? text;
        first.set(path, kept);
        return kept;
      };
    },
    shows: (_wrong, over, past) => isOlder(over, past),
  },
  jumpsBack: {
    describe: ({ segments: count }) => `lack their newest ${count} segments every second time`,
    rewrite: ({ segments: count }) => {
      let asked = 0;
      return (text) => {
        asked += 1;
        return asked % 2 === 0 ? text : withoutSegments(text, 0, count);
      };
    },
    shows: (_wrong, over, past) => isOlder(over, past),
  },
  missingSegment: {
    describe: ({ behind }) => `lack the segment ${behind} before the newest`,
    rewrite:
      ({ behind }) =>
      (text) =>
        withoutSegments(text, behind, 1),
    shows: (_wrong, over, past) => segmentsIn(past).some((one) => !segmentsIn(over).includes(one)),
  },
  untaggedDiscontinuity: {
    describe: () => "jump in time without a tag",
    rewrite: () => jumped,
    shows: (_wrong, over, past) => {
      const [newest] = segmentsIn(over).slice(-1);
      return !over.includes(discontinuity) && newest !== segmentsIn(past).at(-1);
    },
  },
  wrongTargetDuration: {
    describe: ({ seconds }) => `claim segments of ${seconds} s`,
    rewrite:
      ({ seconds }) =>
      (text) =>
        withTargetSeconds(text, seconds),
    shows: ({ seconds }, over, past) =>
      targetSecondsIn(over) === seconds && targetSecondsIn(past) !== seconds,
  },
  clockOff: {
    describe: ({ byMs }) => `bring a clock that is ${byMs} ms off`,
    rewrite:
      ({ byMs }, nowMs) =>
      (text) =>
        shiftClock(text, byMs, nowMs()),
    shows: ({ byMs }, over, past) => {
      const offMs = shiftedClock(over, past, Date.now());
      return offMs !== null && Math.abs(offMs - byMs) < clockToleranceMs && over !== past;
    },
  },
};

function wayOf(wrong: WrongText): Way<WrongText> {
  return ways[wrong.is] as Way<WrongText>;
}

export const describeWrong = (wrong: WrongText): string => wayOf(wrong).describe(wrong);
export const showsWrong = (wrong: WrongText, over: string, past: string): boolean =>
  wayOf(wrong).shows(wrong, over, past);
export const rewriter = (how: object, nowMs: () => number): Rewrite =>
  wayOf(how as WrongText).rewrite(how as WrongText, nowMs);

const discontinuity = "#EXT-X-DISCONTINUITY\n";

/** Replaces the newest segment by the oldest, and removes every tag that would say so. */
function jumped(text: string): string {
  const all = segmentsIn(text);
  const [oldest, newest] = [all[0], all.at(-1)];
  if (!isPlaylist(text) || oldest === undefined || newest === undefined || all.length < 2)
    return text;
  const at = text.lastIndexOf(newest);
  const replaced = text.slice(0, at) + oldest + text.slice(at + newest.length);
  return replaced.replaceAll(/^#EXT-X-DISCONTINUITY\r?\n/gm, "");
}

/** By its newest segment; of a text without segments, by being another. */
function isOlder(over: string, past: string): boolean {
  const [one, other] = [newestIn(over), newestIn(past)];
  return one === null || other === null ? over !== past : one < other;
}
