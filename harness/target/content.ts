/**
 * The content of a target as it is read from the target itself. One that runs already is read when
 * the run is planned, and one that a run starts after its deployment. The plan or the record keeps
 * it, so that nothing that judges asks the target again.
 */
import type { Entry } from "./entries.ts";
import type { Layout } from "./layout.ts";
import type { Rhythm } from "./rhythm.ts";

export interface ReadingContext {
  readonly layout: Layout;
  /** In the order of the layout. */
  readonly entries: readonly Entry[];
  /** Whether traffic may go to a host. */
  isAllowed(host: string): boolean;
  nowMs(): number;
  readonly signal: AbortSignal;
}

/** What a layout then holds. */
export interface ContentRead {
  readonly content: object;
  readonly rhythm?: Rhythm;
  /** What the reader of the plan or the report must know, one sentence each. */
  readonly notes: readonly string[];
}

/** Of a pack whose targets may leave their content to be read. */
export interface ContentReader {
  /** Whether this layout does. */
  isDue(layout: Layout): boolean;
  /** Rejects with an error of the catalogue. */
  read(context: ReadingContext): Promise<ContentRead>;
}

/** The layout with what was read. */
export function layoutAsRead(layout: Layout, read: ContentRead | undefined): Layout {
  if (read === undefined) return layout;
  const { content, rhythm } = read;
  return { ...layout, content, ...(rhythm === undefined ? {} : { rhythm }) };
}
