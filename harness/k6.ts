/**
 * `import … from "seawall/k6"`: the settings that a run passes to a k6 script of your own. Without
 * a run (plain `k6 run`), the script's own apply.
 */

/** Where users go in. */
export interface Entry {
  readonly name: string;
  readonly url: string;
  /** The Host header, where a proxy with another address stands before it. */
  readonly host?: string;
}

/** What the harness says to each script, as one JSON text in `SEAWALL_LOAD`. */
export interface LoadSettings {
  readonly seed: number;
  readonly entries: readonly Entry[];
  /** Other ways in, by the name that the target gives them. */
  readonly others: Readonly<Record<string, readonly Entry[]>>;
  /** The load's first ms, before the baseline, and how long each phase lasts. */
  readonly leadInMs: number;
  readonly phasesMs: {
    readonly baseline: number;
    readonly fault: number;
    readonly recovery: number;
  };
}

declare const __ENV: Readonly<Record<string, string | undefined>>;

/**
 * What this run says, or `alone` without one.
 *
 *     const alone = [{ name: "shop", url: "http://127.0.0.1:8080" }];
 *     const { entries } = loadSettings({ entries: alone });
 */
export function loadSettings(alone: Partial<LoadSettings> = {}): LoadSettings {
  const text = __ENV["SEAWALL_LOAD"];
  return text === undefined
    ? {
        seed: 1,
        entries: [],
        others: {},
        leadInMs: 0,
        phasesMs: { baseline: 0, fault: 0, recovery: 0 },
        ...alone,
      }
    : (JSON.parse(text) as LoadSettings);
}
