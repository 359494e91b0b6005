import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";

/** An answer that has begun, in any version of HTTP. */
export interface Incoming {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Ends with an error where the answer breaks off. */
  readonly body: Readable;
}
