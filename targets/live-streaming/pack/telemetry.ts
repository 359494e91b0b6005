/** What a stream's services may tell of themselves, beyond series of Prometheus text. */
export type StreamTelemetry =
  /**
   * Varnish shared-memory counters: backend requests per backend, named `<lane>_<region>` by the
   * VCL. Relative to `Place.directory`.
   */
  | { readonly kind: "varnish"; readonly workDirectory: string }
  /**
   * Prometheus text in which `edge_origin_gets_total{lane,origin}` counts the requests that an edge
   * of another make sent to origins.
   */
  | { readonly kind: "originGets"; readonly port: string; readonly path: string }
  /**
   * What it took in must be accounted for when all is over. Names of its operations: `counts`
   * answers JSON with `accepted`, `stored`, `shed` and `queued`, `found` how many of those stored
   * are really there.
   */
  | { readonly kind: "books"; readonly counts: string; readonly found: string }
  /** A packager's record of each PUT of its pipeline: NDJSON at `path?after=SEQUENCE`. */
  | {
      readonly kind: "journal";
      readonly port: string;
      readonly path: string;
      readonly pipeline: string;
    };
