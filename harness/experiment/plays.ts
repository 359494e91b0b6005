/** What the functions of a workload play, as the workload declares it. */
export interface Played {
  /** It has one sample per iteration. */
  readonly metric: string;
  readonly lane: string;
  readonly kind?: string;
  /**
   * The greatest time in ms that a user waits for one sample. Without it: until the end of the run.
   */
  readonly patienceMs?: number;
  /** The iteration runs to the end of the run, so its sample may fall into any later phase. */
  readonly later?: boolean;
  /** It asks another entry if its home entry fails. */
  readonly roams?: boolean;
}

/** By exported function. */
export type Plays = Readonly<Record<string, readonly Played[]>>;

/**
 * Parses `export const plays = { … } as const;` from the text of a workload, because k6 scripts
 * cannot be imported here. Null if there is none.
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
