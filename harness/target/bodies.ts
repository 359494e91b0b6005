/**
 * What is known of the bodies that users of a target get, so that the judge need not know the kind
 * of target: which metrics tell of them, in which variants they come, and what shows that they are
 * the right ones.
 */

export interface Bodies {
  /** What a body is called: `order`. */
  readonly name: string;
  /**
   * The metric of bodies that somebody looked at. Its values are prints (`metrics/print.ts`); its
   * tags are `by` (user or prober), `problem` (none, flagged, or what is wrong) and `container`.
   */
  readonly looks: string;
  /** The metric of how many bytes the prober got. */
  readonly sizes: string;
  /** The tag that names the variant of a body. */
  readonly variantTag: string;
  /** By name: the least that a body weighs, and of which other variant it may be the same bytes. */
  readonly variants: Readonly<
    Record<string, { readonly leastBytes: number; readonly sameAs?: string }>
  >;
  /** Containers that carry a time of their own: no two numbers are the same bytes. */
  readonly timed: readonly string[];
  /** Whether answers say which bytes are the right ones. */
  readonly checksums: boolean;
}

/** One fact about a target, for the reader of a report. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}
