/** A stream of which only the address is given, and what is remembered of its reading. */
import type { StreamFormat } from "./reading/views.ts";

/** What a user gives instead of a description. */
export interface StreamSource {
  /**
   * The address of a playlist or a manifest at one of the entries. It is a path, or a whole
   * address with the origin of an entry.
   */
  readonly url: string;
}

/** Part of a stream's content: with it, requests follow the playlist and not the clock. */
export interface Source {
  /** Of the playlist or manifest, at each entry. */
  readonly path: string;
  /** Absent until the stream was read. */
  readonly read?: SourceRead;
}

export interface SourceRead {
  readonly format: StreamFormat;
  /** Epoch ms. */
  readonly atMs: number;
  readonly lowLatency: boolean;
  /** Nothing follows: it is on demand, or over. */
  readonly ended: boolean;
  /** From the oldest segment to the newest. */
  readonly windowMs: number;
  /** How far behind the end the stream wants its players. */
  readonly holdBackMs: number;
  /** How far the server's clock is before this machine's; absent if the stream names no clock. */
  readonly clockAheadMs?: number;
  /** Hosts, beside the entries', that its addresses name. */
  readonly hosts: readonly string[];
}
