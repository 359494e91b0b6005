/** One GET, with all that its client sees of the answer, a broken one included. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Asking, Seen, SeenAnswer } from "../target/observer.ts";
import type { Endpoint } from "../target/layout.ts";
import { textBytesMax } from "../target/bad-answer.ts";
import { watchedRequest } from "./http-request.ts";
import { markOwn } from "./own-connections.ts";

/** Never rejects. */
export function askOnce(endpoint: Endpoint, { path, headers, timeoutMs }: Asking): Promise<Seen> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const over = new AbortController();
    let connected = false;
    let ended = false;
    let reading: Reading | null = null;
    const end = (seen: Seen): void => {
      if (ended) return;
      ended = true;
      clearTimeout(late);
      resolve(seen);
      over.abort();
    };
    const late = setTimeout(
      () => end(reading?.seen("open") ?? { outcome: connected ? "silent" : "unreachable" }),
      timeoutMs,
    );
    const failed = ({ code, syscall }: NodeJS.ErrnoException): void => {
      const isReset = code === "ECONNRESET" && !reading?.isBrokenOff;
      if (code !== undefined && /^(?:CERT|UNABLE|DEPTH|SELF|ERR_TLS)_/.test(code))
        end({ outcome: "distrusted", code });
      else if (reading !== null) end(reading.seen(isReset ? "reset" : "brokenOff"));
      else end({ outcome: outcomeOf(code, syscall, connected) });
    };
    const outgoing = watchedRequest(endpoint, { path, headers, agent: false, signal: over.signal });
    outgoing.once("response", (response) => {
      reading = new Reading(response, startedMs);
      response.once("error", failed);
      response.once("end", () => end(reading?.seen("whole") as Seen));
    });
    outgoing.once("socket", (socket) =>
      socket.once("connect", () => {
        connected = true;
        markOwn(socket);
      }),
    );
    outgoing.once("error", failed);
    outgoing.end();
  });
}

class Reading {
  readonly #response: IncomingMessage;
  readonly #startedMs: number;
  readonly #firstByteMs: number;
  readonly #hash = createHash("sha256");
  #parts: Buffer[] = [];
  #bytes = 0;
  /** The other side ended the connection in an orderly way. */
  isBrokenOff = false;

  constructor(response: IncomingMessage, startedMs: number) {
    this.#response = response;
    this.#startedMs = startedMs;
    this.#firstByteMs = performance.now() - startedMs;
    response.socket.once("end", () => {
      this.isBrokenOff = true;
    });
    response.on("data", (part: Buffer) => {
      this.#bytes += part.length;
      this.#hash.update(part);
      if (this.#bytes <= textBytesMax) this.#parts.push(part);
      else this.#parts = [];
    });
  }

  seen(ended: SeenAnswer["ended"]): SeenAnswer {
    const { statusCode = 0, headers } = this.#response;
    const announced = headers["content-length"];
    const type = headers["content-type"] ?? null;
    const isText = /text|mpegurl|xml|json/i.test(type ?? "");
    return {
      outcome: "answered",
      status: statusCode,
      type,
      firstByteMs: this.#firstByteMs,
      tookMs: performance.now() - this.#startedMs,
      announcedBytes: announced === undefined ? null : Number(announced),
      bytes: this.#bytes,
      ended,
      sha256: this.#hash.copy().digest("hex"),
      text: isText ? Buffer.concat(this.#parts).toString("utf8") : null,
    };
  }
}

function outcomeOf(
  code: string | undefined,
  syscall: string | undefined,
  connected: boolean,
): "refused" | "closed" | "reset" | "unreachable" {
  if (code === "ECONNREFUSED") return "refused";
  if (!connected && code !== "ECONNRESET") return "unreachable";
  // Node reports an orderly end without an answer under the same code, but from no system call.
  return code === "ECONNRESET" && syscall !== undefined ? "reset" : "closed";
}
