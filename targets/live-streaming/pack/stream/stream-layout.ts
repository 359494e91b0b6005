/** What the layout of a stream says beyond that of any target; the pack alone reads it. */
import type { Layout, PlayCheck } from "../../../../harness/target/layout.ts";

export interface StreamLayout extends Layout {
  /**
   * Where a pipeline's own copy of a segment can be read from the store, past every cache; the best
   * place first. Left out by a target that cannot tell: then nothing is read back.
   */
  readBack?(pipeline: string, rendition: string, number: number): readonly PlayCheck[];
}
