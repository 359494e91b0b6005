/**
 * Each way in which an answer can be bad: its words, and how long a look at it takes. One request
 * over the link and one past it show it.
 */
import type { BadAnswer } from "../../target/bad-answer.ts";
import type { Seen, SeenAnswer } from "../../target/observer.ts";

interface Way<A> {
  /** For users, after "answers": `with status 503`. */
  describe(answer: A): string;
  /** In ms, by how much an answer over the link is later than past it. */
  delayMs?(answer: A): number;
  /** In ms, when a look has seen enough of an answer that may have no end. */
  readonly enoughMs?: number;
  /** Whether the one over the link shows it. Given only if the service itself answers well. */
  shows(answer: A, over: Seen, past: SeenAnswer): boolean;
}
type AnswerOf<K extends BadAnswer["is"]> = Extract<BadAnswer, { readonly is: K }>;

/** Timers fire up to 1 ms early. */
const earlyMs = 1;
/** Long enough to tell silence from a slow answer. */
const silentMs = 1_000;
/** How long a look reads a slow body. */
const readMs = 1_500;
/** A rate above this multiple of the limit exceeds it. Timers are coarse. */
const rateTolerance = 1.4;
const rateMeasuredMs = 300;

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`;
const partOf = (bytes: number, share: number): number => Math.floor(bytes * share);

const ways: { readonly [K in BadAnswer["is"]]: Way<AnswerOf<K>> } = {
  status: {
    describe: ({ status }) => `have status ${status}`,
    shows: ({ status }, over, past) =>
      over.outcome === "answered" && over.status === status && past.status !== status,
  },
  slowFirstByte: {
    describe: ({ delayMs }) => `begin ${delayMs} ms late`,
    delayMs: ({ delayMs }) => delayMs,
    shows: ({ delayMs }, over, past) =>
      over.outcome === "answered" &&
      over.firstByteMs >= delayMs - earlyMs &&
      over.firstByteMs - past.firstByteMs >= delayMs / 4,
  },
  hang: {
    describe: () => "never begin",
    enoughMs: silentMs,
    shows: (_answer, over) => over.outcome === "silent",
  },
  cutBody: {
    describe: ({ share }) => `break off after ${percent(share)}`,
    shows: ({ share }, over, past) =>
      over.outcome === "answered" &&
      over.ended === "brokenOff" &&
      over.bytes === partOf(over.announcedBytes ?? 0, share) &&
      past.ended === "whole",
  },
  slowBody: {
    describe: ({ bytesPerSecond }) => `come at ${bytesPerSecond} B/s`,
    enoughMs: readMs,
    shows: ({ bytesPerSecond }, over, past) => {
      if (over.outcome !== "answered" || over.status !== past.status) return false;
      const rate = rateOf(over);
      return (
        rate !== null &&
        rate > 0 &&
        rate <= rateTolerance * bytesPerSecond &&
        past.ended === "whole" &&
        (rateOf(past) ?? Number.POSITIVE_INFINITY) > 2 * bytesPerSecond
      );
    },
  },
  wrongBytes: {
    describe: () => "hold wrong bytes",
    shows: (_answer, over, past) =>
      isAnswer(over) && over.bytes === past.bytes && over.sha256 !== past.sha256,
  },
  shortBody: {
    describe: ({ share }) => `end after ${percent(share)}, as if that were all`,
    shows: ({ share }, over, past) =>
      isAnswer(over) &&
      over.announcedBytes === over.bytes &&
      over.bytes === partOf(past.bytes, share) &&
      over.bytes < past.bytes,
  },
  wrongType: {
    describe: ({ type }) => `call themselves ${type}`,
    shows: ({ type }, over, past) => isAnswer(over) && over.type === type && past.type !== type,
  },
  resetBody: {
    describe: ({ share }) => `are reset after ${percent(share)}`,
    shows: ({ share }, over, past) =>
      over.outcome === "answered" &&
      over.ended === "reset" &&
      over.bytes <= partOf(over.announcedBytes ?? 0, share) &&
      past.ended === "whole",
  },
};

function wayOf(answer: BadAnswer): Way<BadAnswer> {
  return ways[answer.is] as Way<BadAnswer>;
}

export const describeAnswer = (answer: BadAnswer): string => wayOf(answer).describe(answer);
export const delayOf = (answer: BadAnswer): number => wayOf(answer).delayMs?.(answer) ?? 0;
export const enoughOf = (answer: BadAnswer): number | undefined => wayOf(answer).enoughMs;
/** Nothing shows where the service itself does not answer well. */
export function showsAnswer(answer: BadAnswer, over: Seen, past: Seen): boolean {
  return isAnswer(past) && past.status < 400 && wayOf(answer).shows(answer, over, past);
}

function isAnswer(seen: Seen): seen is SeenAnswer {
  return seen.outcome === "answered" && seen.ended === "whole";
}

/** In bytes per second; null if the body ends too soon to tell. */
function rateOf({ bytes, tookMs, firstByteMs }: SeenAnswer): number | null {
  const ms = tookMs - firstByteMs;
  return ms < rateMeasuredMs ? null : (bytes * 1_000) / ms;
}
