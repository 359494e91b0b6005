/**
 * HTTP/2 over TLS, as k6 speaks it: where the server agrees on it in the handshake. One connection
 * carries all requests of an agent to an endpoint.
 */
import type { Agent } from "node:http";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as overConnection,
  constants,
  type OutgoingHttpHeaders,
} from "node:http2";
import { PassThrough } from "node:stream";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Incoming } from "./incoming.ts";

/** What a server chose: HTTP/2 on this session, or HTTP/1.1 on this connection. */
export type Spoken =
  | { readonly session: ClientHttp2Session }
  | { readonly session: null; readonly socket: TLSSocket };

/** In the order of preference. */
export const protocols = { 2: "h2", 1.1: "http/1.1" } as const;

/** A connection of its own. Rejects if there is none, or the signal aborts. */
export function agreed(
  options: ConnectionOptions,
  offered: readonly string[],
  signal: AbortSignal,
): Promise<Spoken> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, ALPNProtocols: [...offered] });
    const aborted = (): void => void socket.destroy(signal.reason as Error);
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    const settled = (): void => signal.removeEventListener("abort", aborted);
    socket.once("error", (error) => {
      settled();
      reject(error);
    });
    socket.once("secureConnect", () => {
      settled();
      socket.removeAllListeners("error");
      if (socket.alpnProtocol !== protocols[2]) return resolve({ session: null, socket });
      // The host is in each request. Go, with which k6 is made, accepts no pushes.
      const session = overConnection("https://session", {
        createConnection: () => socket,
        settings: { enablePush: false, initialWindowSize: 4 * 1024 * 1024 },
      });
      // Each request hears of it, too.
      session.on("error", () => {});
      resolve({ session });
    });
  });
}

const kept = new WeakMap<Agent, Map<string, Promise<Spoken>>>();

/** The connection that an agent keeps, or a new one where that has ended. */
export async function keptBy(
  agent: Agent,
  key: string,
  make: () => Promise<Spoken>,
): Promise<Spoken> {
  const all = kept.get(agent) ?? closedWith(agent);
  const known = all.get(key);
  const spoken = await known?.catch(() => null);
  const isOpen = spoken?.session === null || spoken?.session.closed === false;
  if (spoken != null && isOpen) return spoken;
  // Another request may have made one meanwhile.
  const newer = all.get(key);
  if (newer !== undefined && newer !== known) return newer;
  const made = make();
  all.set(key, made);
  return made;
}

function closedWith(agent: Agent): Map<string, Promise<Spoken>> {
  const all = new Map<string, Promise<Spoken>>();
  kept.set(agent, all);
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    for (const one of all.values())
      one.then(
        ({ session }) => session?.destroy(),
        () => {},
      );
    all.clear();
    return destroy();
  };
  return all;
}

export interface StreamRequest {
  readonly method: string;
  readonly path: string;
  /** With Host. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** One request. Exactly one of `onResponse` and `onError` is called. */
export function requestOn(
  session: ClientHttp2Session,
  { method, path, headers, body, signal }: StreamRequest,
  onResponse: (response: Incoming) => void,
  onError: (error: Error) => void,
): void {
  const stream = session.request(pseudo(method, path, headers), {
    endStream: body === undefined,
    signal,
  });
  const response = new PassThrough();
  let isAnswered = false;
  let failure: Error | null = null;
  stream.on("error", (error) => {
    failure = error;
  });
  stream.on("response", ({ ":status": status = 0, ...answered }) => {
    isAnswered = true;
    onResponse({ status, headers: answered, body: response });
  });
  stream.on("data", (part: Buffer) => response.write(part));
  // A stream that is reset ends like one that is complete; only its code tells them apart.
  stream.on("close", () => {
    const problem = signal.aborted ? failure : brokenOff(stream);
    if (!isAnswered) onError(problem ?? failure ?? new Error("it ends the stream unanswered"));
    else if (problem === null) response.end();
    else response.destroy(problem);
  });
  response.on("close", () => stream.close(constants.NGHTTP2_CANCEL));
  if (body !== undefined) stream.end(body);
}

function pseudo(
  method: string,
  path: string,
  { Host, ...headers }: Readonly<Record<string, string>>,
): OutgoingHttpHeaders {
  // The order of Go's client.
  return {
    ":authority": Host,
    ":method": method,
    ":path": path,
    ":scheme": "https",
    ...headers,
  };
}

function brokenOff({ rstCode, aborted, readableEnded }: ClientHttp2Stream): Error | null {
  if (rstCode === constants.NGHTTP2_NO_ERROR && !aborted && readableEnded) return null;
  const code = rstCode ?? constants.NGHTTP2_CANCEL;
  return new Error(`it resets the stream (${codes[code] ?? `code ${code}`})`);
}

/** By their numbers (RFC 9113, section 7). */
const codes = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];
