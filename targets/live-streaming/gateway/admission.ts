/**
 * Load shedding of a busy gateway. A header gives the kind of a request, which selects one of four
 * buckets. The busier the gateway, the fewer buckets it admits. It decides before it reads the
 * body. The figures are those that Netflix published for its gateways.
 */

/** From the last to be shed to the first. */
export const buckets = ["CRITICAL", "DEGRADED", "BEST_EFFORT", "BULK"] as const;
export type Bucket = (typeof buckets)[number];

/**
 * The gateway's nominal utilisation. Only the operator's estimate of the number of gateways depends
 * on it.
 */
export const targetUtilisation = 0.45;
/** Above this utilisation the gateway sheds requests that viewers would not miss… */
export const nonCriticalFrom = 0.6;
/** …all of them at this one, at which critical requests begin to be shed… */
export const criticalFrom = 0.8;
/** …and all of those at this one. */
const nothingFrom = 1;

/** The bucket's rank in the order of service. */
export const rankOf = (bucket: Bucket): number => buckets.indexOf(bucket);

/** Each bucket holds a quarter of the priorities from 0 (shed last) to 100. */
const bucketWidth = 100 / buckets.length;

/**
 * The kinds that devices may claim at each address. Any other kind, or none, gets the lowest
 * bucket.
 */
const kinds = {
  "/sessions": { play: "CRITICAL", move: "DEGRADED", prefetch: "BEST_EFFORT", sync: "BULK" },
  "/events": { ad: "BEST_EFFORT", telemetry: "BULK" },
  "/broadcasts": { watch: "DEGRADED" },
} as const satisfies Record<string, Record<string, Bucket>>;

export type AdmittedPath = keyof typeof kinds;

/**
 * An address accepts only its own kinds, so telemetry cannot claim to be a viewer who presses play.
 */
export function bucketOf(path: AdmittedPath, kind: string | null): Bucket {
  const known: Readonly<Record<string, Bucket>> = kinds[path];
  return kind !== null && Object.hasOwn(known, kind) ? (known[kind] ?? "BULK") : "BULK";
}

/**
 * Priorities above the result are refused at this utilisation (0…1). The bar falls along a cubic,
 * slowly at first and fast at the end. It passes the three non-critical buckets first, then the
 * critical one.
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
  /** True if a request of this bucket is admitted at this utilisation. */
  admits(bucket: Bucket, utilisation: number): boolean;
}

/**
 * The fractional part of the golden ratio. Its multiples fill the unit interval evenly, however few
 * there are.
 */
const golden = 0.618_033_988_749_895;

/**
 * Requests of one bucket rotate through its priorities. A bar half-way thus refuses every other
 * request, not a random half.
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
