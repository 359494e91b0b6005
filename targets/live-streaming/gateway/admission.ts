/**
 * Who is refused when the gateway is busy: a request's kind, told in a header, puts it in one of
 * four buckets, and the busier the gateway the fewer buckets it takes on. Decided before a body is
 * read. The figures are those that Netflix published for its own gateways.
 */

/** From the first to be kept to the first to be given up. */
export const buckets = ["CRITICAL", "DEGRADED", "BEST_EFFORT", "BULK"] as const;
export type Bucket = (typeof buckets)[number];

/**
 * What the gateway is sized for; nothing depends on it but the operator's idea of how many gateways
 * are needed.
 */
export const targetUtilisation = 0.45;
/** From here on what viewers would not miss is shed… */
export const nonCriticalFrom = 0.6;
/** …all of it by here, where critical requests begin to be shed… */
export const criticalFrom = 0.8;
/** …all of them by here. */
const nothingFrom = 1;

/** Its place in the order of who is served first: the bucket's. */
export const rankOf = (bucket: Bucket): number => buckets.indexOf(bucket);

/** Each bucket has a quarter of the priorities 0 (never shed first) to 100. */
const bucketWidth = 100 / buckets.length;

/**
 * What devices may say of a request to each address. Anything else, and nothing said, counts least.
 */
const kinds = {
  "/sessions": { play: "CRITICAL", move: "DEGRADED", prefetch: "BEST_EFFORT", sync: "BULK" },
  "/events": { ad: "BEST_EFFORT", telemetry: "BULK" },
  "/broadcasts": { watch: "DEGRADED" },
} as const satisfies Record<string, Record<string, Bucket>>;

export type AdmittedPath = keyof typeof kinds;

/**
 * An address honours only its own kinds, so that telemetry that claims to be somebody pressing play
 * gains nothing.
 */
export function bucketOf(path: AdmittedPath, kind: string | null): Bucket {
  const known: Readonly<Record<string, Bucket>> = kinds[path];
  return kind !== null && Object.hasOwn(known, kind) ? (known[kind] ?? "BULK") : "BULK";
}

/**
 * Priorities above the answer are refused at this utilisation (0…1). The bar falls along a cubic:
 * slowly at first, and fast towards the end; first through the three buckets that are not critical,
 * then through the critical one.
 */
export function admittedPriorityMax(utilisation: number): number {
  const shed = (from: number, to: number): number =>
    Math.min(1, Math.max(0, (utilisation - from) / (to - from))) ** 3;
  return (
    bucketWidth +
    (100 - bucketWidth) * (1 - shed(nonCriticalFrom, criticalFrom)) -
    bucketWidth * shed(criticalFrom, nothingFrom)
  );
}

export interface Admission {
  /** True when a request of this bucket is taken on at this utilisation. */
  admits(bucket: Bucket, utilisation: number): boolean;
}

/**
 * The fraction of the golden ratio: its multiples fill the unit interval evenly, however few are
 * taken.
 */
const golden = 0.618_033_988_749_895;

/**
 * Requests of one bucket take turns at its priorities, so that a bar half-way refuses every other
 * one, and not a random half.
 */
export function createAdmission(): Admission {
  const turns = new Map<Bucket, number>();
  return {
    admits(bucket, utilisation) {
      const turn = ((turns.get(bucket) ?? 0) + golden) % 1;
      turns.set(bucket, turn);
      return (rankOf(bucket) + turn) * bucketWidth <= admittedPriorityMax(utilisation);
    },
  };
}
