/**
 * What the judge needs to know of the bodies that a target serves: their metrics, their variants,
 * and how to check one. With it, the judge need not know the kind of target.
 */

export interface Bodies {
  /** What a body is called, such as `order`. */
  readonly name: string;
  /**
   * The metric of inspected bodies. Its values are prints (`metrics/print.ts`). Its tags are `by`
   * (user or prober), `problem` (none, flagged, or the defect) and `container`.
   */
  readonly looks: string;
  /** The metric of the number of bytes that the prober received. */
  readonly sizes: string;
  /** The tag that names the variant of a body. */
  readonly variantTag: string;
  /**
   * By variant: the least size of a body in bytes, and the other variant with which it may share
   * its bytes.
   */
  readonly variants: Readonly<
    Record<string, { readonly leastBytes: number; readonly sameAs?: string }>
  >;
  /**
   * Containers that embed a time, so that bodies with different numbers never have the same bytes.
   */
  readonly timed: readonly string[];
  /** Whether answers carry a checksum of the correct bytes. */
  readonly checksums: boolean;
}

/** One fact about a target, shown in a report. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}
