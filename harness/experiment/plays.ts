/** What the functions of a workload play, as the workload says itself. */
export interface Played {
  /** One sample of it for each iteration. */
  readonly metric: string;
  readonly lane: string;
  readonly kind?: string;
  /** Nobody waits longer than this for one of them, in ms; skipped: to the end of the run. */
  readonly patienceMs?: number;
  /**
   * An iteration goes on to the end of the run, and its sample may come in any phase after it
   * began.
   */
  readonly later?: boolean;
  /** Asks another entry when its home is broken. */
  readonly roams?: boolean;
}

/** By exported function. */
export type Plays = Readonly<Record<string, readonly Played[]>>;

/**
 * From the text of a workload, as k6 scripts cannot be imported here:
 * `export const plays = { … } as const;`. Null where it says nothing.
 */
export function playsIn(text: string): Plays | null {
  const body = /^export const plays = \{\n([\s\S]*?)^\} as const;/m.exec(text)?.[1];
  if (body === undefined) return null;
  return Object.fromEntries(
    [...body.matchAll(/(\w+): \[([^\]]*)\]/g)].map((entry) => [
      entry[1] as string,
      [...(entry[2] as string).matchAll(/\{([^}]*)\}/g)].map((one) => playedOf(one[1] as string)),
    ]),
  );
}

function playedOf(text: string): Played {
  const word = (name: string): string | undefined =>
    new RegExp(`\\b${name}: "([^"]*)"`).exec(text)?.[1];
  const patience = /\bpatienceMs: ([\d_]+)/.exec(text)?.[1]?.replaceAll("_", "");
  const kind = word("kind");
  return {
    metric: word("metric") ?? "",
    lane: word("lane") ?? "",
    ...(kind === undefined ? {} : { kind }),
    ...(patience === undefined ? {} : { patienceMs: Number(patience) }),
    ...(/\broams: true/.test(text) ? { roams: true } : {}),
    ...(/\blater: true/.test(text) ? { later: true } : {}),
  };
}
