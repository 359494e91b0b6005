/** Small parts of an HTTP exchange that passages and acts share. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly answer: IncomingMessage;
  readonly response: ServerResponse;
}

/** Raw headers, alternating names and values, without some. */
export function without(raw: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = "", value = ""] = [raw[at], raw[at + 1]];
    if (!names.includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

/** By a connection over TLS: the one that carries it, which alone can be reset. */
const carriers = new WeakMap<Socket, Socket>();

export function isCarriedBy(socket: Socket, carrier: Socket): void {
  carriers.set(socket, carrier);
}

export function reset(socket: Socket | null): void {
  if (socket !== null) (carriers.get(socket) ?? socket).resetAndDestroy();
}

/** Breaks the client's connection as the service's own broke. */
export function breakOff(response: ServerResponse, code: string | undefined): void {
  if (code === "ECONNRESET" && !response.headersSent) reset(response.socket);
  else response.socket?.destroy();
}

/** More would not fit a proxy that many requests share. */
const bodyBytesMax = 64 * 1024 * 1024;

/** The whole body. Null if it breaks off or is too large. */
export function wholeBody(answer: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    answer.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes <= bodyBytesMax) parts.push(part);
      else answer.destroy(new Error(`more than ${bodyBytesMax} bytes`));
    });
    answer.once("end", () => resolve(Buffer.concat(parts)));
    answer.once("error", () => resolve(null));
  });
}
