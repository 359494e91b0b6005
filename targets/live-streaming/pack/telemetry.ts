/** What a stream's services may report beyond Prometheus series. */
export type StreamTelemetry =
  /**
   * Varnish's shared-memory counters: backend requests per backend, named `<lane>_<region>` by the
   * VCL. Relative to `Place.directory`.
   */
  | { readonly kind: "varnish"; readonly workDirectory: string }
  /**
   * Prometheus text in which `edge_origin_gets_total{lane,origin}` counts the origin requests of an
   * edge of another make.
   */
  | { readonly kind: "originGets"; readonly port: string; readonly path: string }
  /**
   * Everything accepted must be accounted for after the run. The fields name operations: `counts`
   * answers JSON with `accepted`, `stored`, `shed` and `queued`; `found` gives how many of the
   * stored ones exist.
   */
  | { readonly kind: "books"; readonly counts: string; readonly found: string }
  /** A packager's record of each PUT of its pipeline: NDJSON at `path?after=SEQUENCE`. */
  | {
      readonly kind: "journal";
      readonly port: string;
      readonly path: string;
      readonly pipeline: string;
    };
