/** What a pack knows of addresses in logs, so that a trace keeps what is asked and not who asks. */
import type { Layout } from "./layout.ts";

/** A part of a path: a text that may be kept, one that may not, or the place of the number. */
export type PathPiece = { readonly text: string } | { readonly unknown: string } | "number";

export interface Recognised {
  /** Such as `playlist`. */
  readonly kind: string;
  /** Together the path, each separator included. */
  readonly pieces: readonly PathPiece[];
  readonly number: number | null;
}

/** Where an object of a trace is on the target under test. */
export interface Readdressed {
  /** With `{number}` if it has one. */
  readonly path: string;
  /** What the pack calls it, such as the name of a quality; a tag of its samples. */
  readonly name?: string;
}

export interface RecordedAddresses {
  /** `path`: without its query. Null for what is none of the kinds of such a target. */
  recognise(path: string): Recognised | null;
  /** Null if the target has no such object. */
  readdress(
    object: { readonly kind: string; readonly path: string },
    layout: Layout,
  ): Readdressed | null;
}
