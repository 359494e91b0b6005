/** The store interface that the origins use. */
import type { Publication } from "../stream/candidate.ts";
import type { Leaf } from "../stream/address.ts";

export interface StoredDirective {
  readonly event: string;
  readonly id: string;
  /** Epoch ms, never the same twice for one id. */
  readonly version: number;
  /** JSON. */
  readonly body: string;
}

export interface Store {
  writeChunk(leaf: Leaf, token: string, index: number, body: Buffer): Promise<void>;
  /** The commit point: no segment is visible before it. */
  writePublication(publication: Publication): Promise<void>;
  /** Null if there is none. */
  readChunk(leaf: Leaf, token: string, index: number): Promise<Buffer | null>;
  readPublications(leaf: Leaf): Promise<Publication[]>;
  /** All publications of a rendition from segment `from` to `to`, for an origin that starts. */
  readRange(event: string, rendition: string, from: number, to: number): Promise<Publication[]>;
  /**
   * An operator's directive on an event (see origin/directive.ts). Never deleted. The later version
   * of an id counts, in any order of arrival.
   */
  writeDirective(directive: StoredDirective): Promise<void>;
  readDirectives(event: string): Promise<StoredDirective[]>;
  close(): Promise<void>;
}
