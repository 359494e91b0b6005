/**
 * How an audience watches: when each viewer presses play, how long it stays, whether it rewinds,
 * and at which entry it is. A load has these as variables, so that a plan records them.
 */
import { type CmcdMode, cmcdModes } from "./cmcd.ts";

/** All members are optional. Times are in ms. */
export interface Audience {
  /**
   * Mean time for which a viewer watches, drawn from an exponential distribution. Default: to the
   * end of the run.
   */
  readonly stayMs?: number;
  /** All who have arrived by then press play at this time after the start of the phase. */
  readonly together?: {
    readonly phase: "baseline" | "fault" | "recovery";
    readonly afterMs: number;
  };
  /** The share of viewers, 0…1, who rewind once. Default: 0. */
  readonly rewindShare?: number;
  /** By how much they rewind. Default: a minute. */
  readonly rewindMs?: number;
  /** The share of segments, 0…1, whose bodies are checked. All others are discarded. Default: 0. */
  readonly checkShare?: number;
  /** How many viewers are at an entry, relative to the others. Default: 1 each. */
  readonly entryWeights?: Readonly<Record<string, number>>;
  /** Default: `header`. `query` only where `cmcdOutOfKey` of the stream is true. */
  readonly cmcd?: CmcdMode;
  /** The path of the manifest or playlist, if not the one that the target names. */
  readonly manifestPath?: string;
}

const variables = {
  stayMs: "WATCH_STAY_MS",
  together: "WATCH_TOGETHER",
  rewindShare: "WATCH_REWIND_SHARE",
  rewindMs: "WATCH_REWIND_MS",
  checkShare: "WATCH_CHECK_SHARE",
  entryWeights: "WATCH_ENTRY_WEIGHTS",
  cmcd: "WATCH_CMCD",
  manifestPath: "WATCH_MANIFEST_PATH",
} as const satisfies Record<keyof Audience, string>;

/**
 * The `env` of a load of the workload `watch`.
 * @example
 * ```ts
 * const load = { workload: "watch", exec: "watch", lane: "live", vus: 100,
 *   env: watching({ stayMs: 60_000 }), … };
 * ```
 */
export function watching(audience: Audience): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(audience).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            [
              variables[name as keyof Audience],
              typeof value === "object" ? JSON.stringify(value) : String(value),
            ],
          ],
    ),
  );
}

type Env = Readonly<Record<string, string | undefined>>;

/** Throws for a value that is none: a load that does something else than it says is no load. */
export function audienceIn(env: Env): Audience {
  const read = <T>(name: keyof Audience, parse: (text: string) => T): { [name: string]: T } => {
    const text = env[variables[name]];
    return text === undefined ? {} : { [name]: parse(text) };
  };
  const number =
    (least: number, most: number) =>
    (text: string): number => {
      const value = Number(text);
      if (!(value >= least && value <= most)) throw new Error(`${text} is not ${least} to ${most}`);
      return value;
    };
  const day = 86_400_000;
  return {
    ...read("stayMs", number(1, day)),
    ...read("together", (text) => JSON.parse(text) as NonNullable<Audience["together"]>),
    ...read("rewindShare", number(0, 1)),
    ...read("rewindMs", number(1, day)),
    ...read("checkShare", number(0, 1)),
    ...read("entryWeights", (text) => JSON.parse(text) as Record<string, number>),
    ...read("cmcd", (text) => {
      const mode = cmcdModes.find((one) => one === text);
      if (mode === undefined) throw new Error(`there is no CMCD mode ${text}`);
      return mode;
    }),
    ...read("manifestPath", (text) => text),
  };
}

/** The run, as a workload knows it. */
export interface Timetable {
  readonly leadInMs: number;
  readonly phasesMs: Readonly<Record<"baseline" | "fault" | "recovery", number>>;
}

/** Before k6 ends the last iterations by force. */
const endsBeforeMs = 1_000;

/** In epoch ms. `loadStartMs`: when the load began. */
export function endOf({ leadInMs, phasesMs }: Timetable, loadStartMs: number): number {
  const { baseline, fault, recovery } = phasesMs;
  return loadStartMs + leadInMs + baseline + fault + recovery + tailMs - endsBeforeMs;
}

/** The load continues for so long after the last phase. */
const tailMs = 3_000;

/** When all press play, in epoch ms; null if each does when it arrives. */
export function togetherAt(
  { together }: Audience,
  { leadInMs, phasesMs }: Timetable,
  loadStartMs: number,
): number | null {
  if (together === undefined) return null;
  const before = {
    baseline: 0,
    fault: phasesMs.baseline,
    recovery: phasesMs.baseline + phasesMs.fault,
  };
  return loadStartMs + leadInMs + before[together.phase] + together.afterMs;
}

/** One of the entries, by its weight. `draw` is in [0, 1). */
export function entryFor<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
  { entryWeights = {} }: Audience,
  draw: number,
): Entry {
  const weights = entries.map(({ name }) => Math.max(0, entryWeights[name] ?? 1));
  let left = draw * weights.reduce((a, b) => a + b, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return entries[index] as Entry;
  }
  return entries.at(-1) as Entry;
}

/** A query with CMCD splits the keys of caches that do not leave it out. */
export function audienceProblems(
  env: Env,
  { cmcdOutOfKey }: { readonly cmcdOutOfKey?: boolean },
): string[] {
  try {
    return audienceIn(env).cmcd === "query" && cmcdOutOfKey !== true
      ? [
          "CMCD as a query makes a key of its own for each viewer in a cache; use headers, " +
            "or set `cmcdOutOfKey: true` of the stream if its caches leave it out",
        ]
      : [];
  } catch (error) {
    return [(error as Error).message];
  }
}
