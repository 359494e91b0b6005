/** The content that was read from the target after deployment, as the record keeps it. */
import type { Bodies, Fact } from "../target/bodies.ts";
import type { Rhythm } from "../target/rhythm.ts";

export interface ContentRecord {
  readonly content: object;
  readonly rhythm?: Rhythm;
  readonly bodies?: Bodies;
  readonly facts?: readonly Fact[];
}
